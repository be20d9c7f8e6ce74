/** Fencing on two real hosts. The stonith program is played by a script that tells the test, which resets the host. */
import { expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, deadtimeMs, waitFor, withRunning } from '../e2e/harness.ts'

/** Fails at its first call; the second one ends when the test has reset the host. */
const script = (directory: string) => `#!/bin/sh
echo "$*" >> ${directory}/calls
[ "$(wc -l < ${directory}/calls)" -gt 1 ] || { echo "no answer from the device" >&2; exit 1; }
n=0
while [ ! -e ${directory}/off ]; do
  sleep 0.1
  n=$((n + 1))
  [ $n -lt 300 ] || exit 1
done
`

async function withStonith(work: (cluster: Cluster, directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'stonith-'))
  const before = process.env.PATH
  try {
    writeFileSync(join(directory, 'stonith'), script(directory))
    chmodSync(join(directory, 'stonith'), 0o755)
    process.env.PATH = `${directory}:${before}`
    await withRunning({ extra: ['stonith_host * external/lab 10.0.0.9 secret'] }, (cluster) => work(cluster, directory))
  } finally {
    process.env.PATH = before
    rmSync(directory, { recursive: true })
  }
}

test(
  'a silent node is reset before its group is taken, again after a failure, and status says so',
  () =>
    withStonith(async (cluster, directory) => {
      const calls = () => (existsSync(join(directory, 'calls')) ? readFileSync(join(directory, 'calls'), 'utf8') : '')
      const call = '-t external/lab -p 10.0.0.9 secret -T reset node1\n'
      expect(await cluster.lab.holders()).toEqual(['node1'])
      await cluster.lab.run('signal', 'node1', 'hb', 'STOP')
      await waitFor(
        'a reset',
        deadtimeMs + 3000,
        async () => calls(),
        (text) => text === call,
      )
      await Bun.sleep(1000)
      const { out } = await cluster.hb('node2', 'status')
      const words = out.replace(/\s+/g, ' ')
      expect(words).toContain('node node1 has to be reset before anything of it is taken: attempt 1 failed')
      expect(words).toContain('no answer from the device')
      expect(words).not.toContain('secret')
      await waitFor(
        'a second reset',
        9000,
        async () => calls(),
        (text) => text === call + call,
      )
      await Bun.sleep(1500)
      expect(await cluster.lab.holders()).not.toContain('node2')
      await cluster.lab.run('kill', 'node1')
      writeFileSync(join(directory, 'off'), '')
      await cluster.heldBy(['node2'], 3000)
      expect(calls()).toBe(call + call)
    }),
  60_000,
)

test(
  'one that ends in order is not reset',
  () =>
    withStonith(async (cluster, directory) => {
      expect((await cluster.hb('node1', 'stop')).code).toBe(0)
      await cluster.heldBy(['node2'], 3000)
      await Bun.sleep(deadtimeMs + 1500)
      expect(existsSync(join(directory, 'calls'))).toBe(false)
    }),
  60_000,
)
