import { expect, test } from 'bun:test'
import { type Cluster, deadtimeMs, withRunning } from './harness.ts'

const [mine, yours] = ['10.77.0.100/24/eth0', '10.77.0.101/24/eth0']
const haresources = `node1 ${mine}\nnode2 ${yours}\n`

/** Sends a verb to a host and checks how it ends and who holds the two groups then. */
async function moves(
  cluster: Cluster,
  host: string,
  verb: string,
  set: string,
  one: string,
  two: string,
): Promise<void> {
  const { code, out, err } = await cluster.hb(host, verb, set)
  expect({ verb, set, host, code, err }).toEqual({ verb, set, host, code: 0, err: '' })
  expect(out.trim()).not.toBe('')
  expect(await cluster.agreed(10_000)).toEqual({ [mine]: one, [yours]: two })
}

test('standby gives away what it names, from either side', () =>
  withRunning({ haresources }, async (cluster) => {
    expect(await cluster.agreed()).toEqual({ [mine]: 'node1', [yours]: 'node2' })
    await moves(cluster, 'node1', 'standby', 'local', 'node2', 'node2')
    await moves(cluster, 'node2', 'standby', 'foreign', 'node1', 'node2')
    await moves(cluster, 'node2', 'standby', 'all', 'node1', 'node1')
    await moves(cluster, 'node1', 'standby', 'foreign', 'node1', 'node2')
  }))

test('takeover fetches what it names, from either side', () =>
  withRunning({ haresources }, async (cluster) => {
    await moves(cluster, 'node2', 'takeover', 'foreign', 'node2', 'node2')
    await moves(cluster, 'node1', 'takeover', 'local', 'node1', 'node2')
    await moves(cluster, 'node1', 'takeover', 'all', 'node1', 'node1')
    await moves(cluster, 'node2', 'takeover', 'local', 'node1', 'node2')
  }))

test('a client hardly notices a standby', () =>
  withRunning({}, async (cluster) => {
    const probe = cluster.lab.probe(20, { untilMoved: true })
    await probe.ready
    const { code } = await cluster.hb('node1', 'standby')
    expect(code).toBe(0)
    const outage = await probe.result
    expect(outage).toMatchObject({ hosts: ['node1', 'node2'], doubled: 0 })
    expect(outage.outageMs!).toBeLessThan(deadtimeMs)
  }))

test('standby without a live peer is refused and nothing moves', () =>
  withRunning({}, async (cluster) => {
    await cluster.lab.run('off', 'node2')
    await Bun.sleep(deadtimeMs + 1000)
    const { code, out, err } = await cluster.hb('node1', 'standby', 'all')
    expect(code).toBe(1)
    expect(`${out}${err}`).toMatch(/node2|peer|other/i)
    expect(await cluster.lab.holders()).toEqual(['node1'])
  }))
