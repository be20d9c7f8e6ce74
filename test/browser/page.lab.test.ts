/** The status page in a real browser, in front of a real cluster. */
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Cluster, serviceAddress, waitFor, withRunning } from '../e2e/harness.ts'
import type { Reading } from './watcher.ts'

/** The page asks every five seconds. */
const SHOWN_MS = 15_000

class Watcher {
  private readonly child
  private text = ''

  constructor(cluster: Cluster, url: string) {
    const script = [process.execPath, join(import.meta.dir, 'watcher.ts'), url]
    const command = [join(import.meta.dir, '../lab/lab'), '-n', cluster.lab.name, 'net', 'client', ...script]
    this.child = Bun.spawn(command, { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' })
    void this.read()
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder()
    for await (const chunk of this.child.stdout) this.text += decoder.decode(chunk, { stream: true })
  }

  get last(): Reading | null {
    const line = this.text.split('\n').at(-2)
    return line === undefined ? null : (JSON.parse(line) as Reading)
  }

  async until(what: string, pleases: (reading: Reading) => boolean): Promise<Reading> {
    const shown = (reading: Reading | null) => reading !== null && pleases(reading)
    return (await waitFor(`${what}, on the page`, SHOWN_MS, () => this.last, shown))!
  }

  async end(): Promise<void> {
    this.child.stdin.end()
    await this.child.exited
  }
}

test('the status page in Chromium: shown, kept true by itself, and old when its node is gone', () =>
  withRunning({ hbcf: 'status 0.0.0.0:8694\n' }, async (cluster) => {
    const watcher = new Watcher(cluster, 'http://10.77.0.1:8694/')
    try {
      const group = `${serviceAddress}/24/eth0`
      const first = await watcher.until('the holder', (r) => r.holders[group] === 'node1')
      expect(first.title).toContain('node1')
      // Nothing of the page's own is refused by its policy, and the rest of the world is not asked for anything.
      expect(first.complaints).toEqual([])
      expect(first.overflowPx).toEqual([0, 0])
      expect(first.plainHolders).toEqual(first.holders)

      const { code } = await cluster.hb('node1', 'standby')
      expect(code).toBe(0)
      const second = await watcher.until('the new holder', (r) => r.holders[group] === 'node2')
      expect(second).toMatchObject({ loads: 1, banner: '', complaints: [] })

      await cluster.lab.run('kill', 'node1')
      const old = await watcher.until('that it is old', (r) => r.banner !== '')
      expect(old.banner).toMatch(/^This node has not answered for \d+ s/)
      expect(old.holders).toEqual(second.holders)
      expect(old.loads).toBe(1)
    } finally {
      await watcher.end()
    }
  }))
