import { expect, test } from 'bun:test'
import { type Cluster, deadtimeMs, waitFor, withRunning } from './harness.ts'

const ways: [string, (cluster: Cluster) => Promise<unknown>][] = [
  [
    'hb stop',
    async (cluster) => {
      const { code, err } = await cluster.hb('node1', 'stop')
      expect({ code, err }).toEqual({ code: 0, err: '' })
    },
  ],
  ['SIGTERM', (cluster) => cluster.lab.run('stop', 'node1', 'hb')],
]

for (const [name, stop] of ways) {
  test(`${name}: the peer takes over at once, without waiting for deadtime`, () =>
    withRunning({}, async (cluster) => {
      const probe = cluster.lab.probe(20, { untilMoved: true })
      await probe.ready
      await stop(cluster)
      const outage = await probe.result
      expect(outage).toMatchObject({ hosts: ['node1', 'node2'], doubled: 0 })
      expect(outage.outageMs!).toBeLessThan(deadtimeMs - 200)
      expect((await cluster.hb('node1', 'status')).code).toBe(3)
      expect(await cluster.lab.holders()).toEqual(['node2'])
      expect((await cluster.status('node2'))?.groups[0]?.holder).toBe('node2')
    }))
}

test('hb stop returns when the daemon is gone: the next one starts right behind it', () =>
  withRunning({}, async (cluster) => {
    expect((await cluster.hb('node1', 'stop')).code).toBe(0)
    await cluster.lab.run('start', 'node1', 'hb')
    await waitFor(
      'the next one',
      20_000,
      () => cluster.status('node1'),
      (s) => s?.phase === 'active',
    )
  }))

test('a node that stops last lets go of everything', () =>
  withRunning({}, async (cluster) => {
    await cluster.lab.run('stop', 'node2', 'hb')
    expect(await cluster.lab.holders()).toEqual(['node1'])
    await cluster.lab.run('stop', 'node1', 'hb')
    expect(await cluster.lab.holders()).toEqual([])
  }))
