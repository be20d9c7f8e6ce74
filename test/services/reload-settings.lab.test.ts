/** Each directive changed under a running daemon, one after the other, and looked at from outside. */
import { expect, test } from 'bun:test'
import { haTable, hbTable } from '../../src/config/table.ts'
import { type Cluster, executable, type Status, waitFor, withRunning } from '../e2e/harness.ts'
import { base, type Change, changed, changes, nameOf, type Seen } from './reload-changes.ts'

interface Peer {
  readonly lateBeats: number
  readonly generation: number
}
const node1AsSeen = async (cluster: Cluster): Promise<Peer> => {
  const { lateBeats, generation } = (await cluster.status('node2'))!.nodes.find((n) => n.node === 'node1') as never
  return { lateBeats, generation }
}

test('every directive is taken in by a reload, or answered by name; not one heartbeat is late', () =>
  withRunning(base, async (cluster) => {
    const at: Seen = {
      sh: (script) => cluster.lab.run('exec', 'node1', 'sh', '-c', script),
      status: async () => (await cluster.status('node1')) as Status,
    }
    await at.sh(`for name in hb cl_status; do ln -s ${executable} /run/lab/$name; done`)
    const read = (name: string) => at.sh(`cat /etc/ha.d/${name}`)
    const texts = { 'ha.cf': await read('ha.cf'), 'hb.cf': await read('hb.cf') }
    const before = await node1AsSeen(cluster)
    const wrong: string[] = []
    for (const change of changes) {
      const problem = await attempt(cluster, at, texts[change.file], change)
      if (problem !== null) wrong.push(`${change.line}: ${problem}`)
    }
    expect(wrong).toEqual([])
    expect(await node1AsSeen(cluster)).toEqual(before)
    expect(await cluster.agreed(10_000)).toEqual({ [Object.keys(await cluster.agreed())[0]!]: 'node1' })
    // A failfast program that was taken out of ha.cf is no failure.
    expect(await at.sh('cat /var/log/ha-log')).not.toContain('this machine is restarted')
    await waitFor(
      'the programs of respawn and failfast gone',
      15_000,
      () => at.sh('for p in $(cat /var/log/[rf].pids); do [ -e /proc/$p ] && echo $p; done; true'),
      (left) => left.trim() === '',
    )
  }))

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

async function judge({ how, seen, line }: Change, code: number, said: string, at: Seen): Promise<string | null> {
  if (code !== (how === 'refused' ? 1 : 0)) return `exit code ${code}: ${said}`
  if (how !== 'taken' && !said.includes(line.split(' ')[0]!)) return `not named in: ${said}`
  if (seen === undefined) return null
  const endMs = performance.now() + 6000
  while (!(await seen(at))) {
    if (performance.now() > endMs) return 'not seen'
    await Bun.sleep(100)
  }
  return null
}
