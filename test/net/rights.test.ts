/** without capabilities every refusal says which one is missing. */
import { describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const NOBODY = 65534
const skip = process.getuid?.() !== 0
if (skip) console.warn('test/net/rights: skipped: only root can become somebody without rights')

/** What a piece of TypeScript prints as JSON when nobody runs it, in a network namespace of its own. */
function asNobody(code: string): unknown {
  const words = [
    '-n',
    'setpriv',
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    process.execPath,
    '-e',
    code,
  ]
  const done = spawnSync('unshare', words, { cwd: join(import.meta.dir, '../..'), encoding: 'utf8' })
  if (done.status !== 0) throw new Error(done.stderr || String(done.error))
  return JSON.parse(done.stdout)
}

describe.skipIf(skip)('without rights', () => {
  test('an address cannot be added, and the reason names CAP_NET_ADMIN', () => {
    const found = asNobody(`
      const { Addresses } = await import('./src/agents/address.ts')
      const addresses = new Addresses({ announce() {}, silence() {} })
      const resource = { text: 'x', script: 'IPaddr', args: ['127.9.9.9'], file: 'haresources', line: 1, column: 1 }
      console.log(JSON.stringify(addresses.start(resource, null)))`)
    expect(found).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(/\(EPERM\): hb needs CAP_NET_ADMIN/),
    })
  })

  test('conflicts cannot be watched for: said once, and all else goes on', () => {
    const found = asNobody(`
      const { createAgents } = await import('./src/agents/index.ts')
      const log = []
      const agents = createAgents({
        scripts: { directories: { config: '/n', init: '/n', ocf: '/n' }, env: () => ({}) },
        addresses: () => ({ lease: true, arpCount: 1, arpIntervalMs: 1, arpRefreshMs: 0 }),
        leaseMs: () => null,
        log: (level, text) => log.push(level + ' ' + text),
      })
      const polls = [agents.poll(), agents.poll()]
      console.log(JSON.stringify({ polls, log }))`)
    expect(found).toEqual({
      polls: Array(2).fill({ conflicts: [], changes: [] }),
      log: ['WARN cannot watch for address conflicts: opening a packet socket: operation not permitted (EPERM)'],
    })
  })

  test('realtime and memory locking say what they lack', () => {
    const found = asNobody(`
      const { becomeRealtime, lockMemory } = await import('./src/linux/realtime.ts')
      const { missingCapabilities } = await import('./src/linux/capabilities.ts')
      console.log(JSON.stringify([becomeRealtime(1).text, lockMemory().text, missingCapabilities().length]))`)
    expect(found).toEqual([
      expect.stringContaining('it needs CAP_SYS_NICE'),
      expect.stringContaining('CAP_IPC_LOCK'),
      5,
    ])
  })
})
