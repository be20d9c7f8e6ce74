/** Making way for another program: what is waited for, and what keeps everything as it is. */
import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../../src/agents/command.ts'
import { Exchange, type ExchangeOptions } from '../../src/daemon/exchange.ts'

const dir = mkdtempSync(join(tmpdir(), 'hb-exchange-'))
afterAll(() => rmSync(dir, { recursive: true }))
const other = join(dir, 'hb')
writeFileSync(other, '#!/bin/sh\n[ "$1" != version ] || echo "hb 9"\n', { mode: 0o755 })

/** The core refuses at the last moment, so that this process stays what it is. */
function scene(over: Partial<ExchangeOptions> = {}) {
  const done: string[] = []
  const exchange = new Exchange({
    ...{ configDir: dir, stateDir: dir, node: 'node1', cameFrom: dir },
    env: () => ({ PATH: process.env.PATH ?? '' }),
    nowMs: () => performance.now(),
    obstacle: () => null,
    passing: () => null,
    unfitFiles: () => null,
    holdProbes: (on) => done.push(on ? 'hold' : 'go on'),
    heldForMs: () => 0,
    shell: () => {
      done.push('shell')
      return {} as never
    },
    core: () => {
      done.push('core')
      return { obstacle: 'the core has something to do' }
    },
    perform: () => {},
    log: (_, text) => done.push(text),
    ...over,
  })
  return { exchange, done }
}
const settled = () => Bun.sleep(150)

test('the shell is asked before the core; what comes between is told, and monitors go on', async () => {
  const { exchange, done } = scene()
  expect(await exchange.run(other)).toEqual({ ok: true, text: `becoming ${other}` })
  await settled()
  expect(done.filter((d, i) => d !== done[i - 1])).toEqual([
    'hold',
    `upgrade: this process becomes ${other}`,
    'shell',
    'core',
    'go on',
    'upgrade given up, nothing changed: the core has something to do',
  ])
  expect(existsSync(join(dir, 'hb_handover'))).toBe(false)
})

test('a script that runs is waited for', async () => {
  const { exchange, done } = scene()
  let over = false
  const script = runCommand({ path: '/bin/sleep', args: ['0.5'], env: {}, timeoutMs: 5000 }).then(() => {
    over = true
  })
  expect((await exchange.run(other)).ok).toBe(true)
  expect(over).toBe(true)
  await script
  await settled()
  expect(done).toContain('core')
})

test('what ends by itself in a moment is waited for', async () => {
  let looks = 0
  const { exchange, done } = scene({ passing: () => (looks++ < 5 ? 'this program has only just begun' : null) })
  expect((await exchange.run(other)).ok).toBe(true)
  await settled()
  expect(done).toContain('core')
})

test('a monitor is not put off for long: it is asked, and the waiting begins again', async () => {
  let held = 0
  const { exchange, done } = scene({
    heldForMs: () => (held++ === 3 ? 2000 : 0),
    obstacle: () => (held < 6 && held > 0 ? 'busy' : null),
  })
  expect((await exchange.run(other)).ok).toBe(true)
  await settled()
  const turns = done.filter((d, i) => d !== done[i - 1])
  expect(turns.slice(0, 3)).toEqual(['hold', 'go on', 'hold'])
})

for (const [what, over, why] of [
  ['no hb', {}, /is no hb/],
  ['an obstacle', { obstacle: () => 'this node is shutting down' }, /^nothing changed: this node is shutting down$/],
  ['files that do not fit', { unfitFiles: () => 'nothing of that' }, /^nothing changed: nothing of that$/],
] as const) {
  test(`refused: ${what}; another attempt may follow`, async () => {
    const { exchange, done } = scene(over)
    const path = what === 'no hb' ? '/bin/true' : other
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(await exchange.run(path)).toEqual({ ok: false, text: expect.stringMatching(why) })
    }
    expect(done).not.toContain('core')
    expect(done.at(-1)).toBe('go on')
  })
}

test('one at a time', async () => {
  const { exchange } = scene()
  const [first, second] = await Promise.all([exchange.run(other), exchange.run(other)])
  expect([first.ok, second.ok]).toEqual([true, false])
  expect(second.text).toContain('another upgrade is under way')
  await settled()
})
