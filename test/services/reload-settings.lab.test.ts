/** Each directive changed under a running daemon, one after the other, and looked at from outside. */
import { expect, test } from 'bun:test'
import { haTable, haThemes, hbTable, hbThemes } from '../../src/config/table.ts'
import type { Since } from '../../src/http/times.ts'
import { type Cluster, executable, type Status, waitFor, withRunning } from '../e2e/harness.ts'
import { base, type Change, CUTS, changed, changes, nameOf, type Seen, service } from './reload-changes.ts'

interface Peer {
  readonly lateBeats: number
  readonly generation: number
}
const node1AsSeen = async (cluster: Cluster): Promise<Peer> => {
  const { lateBeats, generation } = (await cluster.status('node2'))!.nodes.find((n) => n.node === 'node1') as never
  return { lateBeats, generation }
}

const themes = [...haThemes, ...hbThemes].map(({ title, directives }) => {
  const names = new Set(directives.map((d) => d.name))
  return [title, changes.filter((c) => names.has(nameOf(c)))] as const
})

test.each(themes)(
  '%s: each directive is taken in by a reload or answered by name, and no heartbeat is late',
  (_, list) =>
    withRunning({ hbcf: base.hbcf, scripts: base.scripts }, async (cluster) => {
      const at: Seen = {
        sh: (script) => cluster.lab.run('exec', 'node1', 'sh', '-c', script),
        status: async () => (await cluster.status('node1')) as Status,
      }
      await at.sh(`for name in hb cl_status; do ln -s ${executable} /run/lab/$name; done`)
      const read = (name: string) => at.sh(`cat /etc/ha.d/${name}`)
      const plain = await read('ha.cf')
      const texts = { 'ha.cf': `${base.extra.join('\n')}\n${plain}`, 'hb.cf': await read('hb.cf') }
      const wrong: string[] = []
      for (const change of list) {
        const before = await node1AsSeen(cluster)
        const problem = await attempt(cluster, at, texts[change.file], change)
        if (problem !== null) wrong.push(`${change.line}: ${problem}`)
        if (CUTS.has(nameOf(change))) await heardAgain(cluster)
        else expect([change.line, await node1AsSeen(cluster)]).toEqual([change.line, before])
      }
      expect(wrong).toEqual([])
      await cluster.put('node1', 'ha.cf', plain)
      expect((await cluster.hb('node1', 'reload')).code).toBe(0)
      expect(await cluster.agreed(10_000)).toEqual({ [service]: 'node1' })
      // A failfast program that was taken out of ha.cf is no failure.
      expect(await at.sh('cat /var/log/ha-log')).not.toContain('this machine is restarted')
      await waitFor(
        'the programs of respawn and failfast gone',
        15_000,
        () => at.sh('for p in $(cat /var/log/[rf].pids 2>/dev/null); do [ -e /proc/$p ] && echo $p; done; true'),
        (left) => left.trim() === '',
      )
    }),
)

/** Until node2 hears node1 after a cut: that first beat is late, and is the cut's, not the next change's. */
async function heardAgain(cluster: Cluster): Promise<void> {
  const fromMs = performance.now()
  const ask = async () => {
    const sinceMs = performance.now() - fromMs
    const nodes = (await cluster.status('node2'))!.nodes as readonly { node: string; lastHeard?: Since | null }[]
    return { sinceMs, heard: nodes.find((n) => n.node === 'node1')?.lastHeard }
  }
  await waitFor(
    'node1 heard by node2 after the cut',
    6000,
    ask,
    ({ sinceMs, heard }) => heard != null && heard.secondsAgo * 1000 < sinceMs,
  )
}

/** Makes the change, reloads, looks, and takes it back; what is wrong, or null. */
async function attempt(cluster: Cluster, at: Seen, text: string, change: Change): Promise<string | null> {
  const name = nameOf(change)
  const many = (change.file === 'ha.cf' ? haTable : hbTable).get(name)!.repeat === 'many'
  await cluster.put('node1', change.file, changed(text, change, many))
  const { code, out, err } = await cluster.hb('node1', 'reload')
  const problem = await judge(change, code, out + err, at)
  await cluster.put('node1', change.file, text)
  const back = await cluster.hb('node1', 'reload')
  return problem ?? (back.code === 0 ? null : `cannot be taken back: ${back.err}`)
}

async function judge(change: Change, code: number, said: string, at: Seen): Promise<string | null> {
  const { how, seen, line } = change
  if (code !== (how === 'refused' ? 1 : 0)) return `exit code ${code}: ${said}`
  if (CUTS.has(nameOf(change)) && !said.includes('reload them within deadtime')) return `no warning in: ${said}`
  if (how !== 'taken' && !said.includes(line.split(' ')[0]!)) return `not named in: ${said}`
  if (seen === undefined) return null
  const endMs = performance.now() + 6000
  while (!(await seen(at))) {
    if (performance.now() > endMs) return 'not seen'
    await Bun.sleep(100)
  }
  return null
}
