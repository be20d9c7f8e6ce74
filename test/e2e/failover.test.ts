import { expect, test } from 'bun:test'
import { deadtimeMs, keepaliveMs, serviceAddress, slackMs, withRunning } from './harness.ts'

const group = `${serviceAddress}/24/eth0`

for (const [fault, words] of [
  ['kill', 'crash of the holder'],
  ['off', 'power failure of the holder'],
] as const) {
  test(`${words}: the peer serves after deadtime`, () =>
    withRunning({}, async (cluster) => {
      const probe = cluster.lab.probe(15, { untilMoved: true })
      await probe.ready
      await cluster.lab.run(fault, 'node1')
      const outage = await probe.result
      expect(outage).toMatchObject({ moved: true, from: 'node1', to: 'node2', doubled: 0 })
      expect(outage.outageMs!).toBeGreaterThan(deadtimeMs - keepaliveMs - 50)
      expect(outage.outageMs!).toBeLessThan(deadtimeMs + slackMs)
      const status = (await cluster.status('node2'))!
      expect(status.groups).toMatchObject([{ group, holder: 'node2' }])
      expect(status.nodes.find((n) => n.node === 'node1')?.state).toBe('dead')
    }))
}

test('death of the standby moves nothing', () =>
  withRunning({}, async (cluster) => {
    const probe = cluster.lab.probe(20)
    await probe.ready
    await cluster.lab.run('off', 'node2')
    await Bun.sleep(deadtimeMs + slackMs)
    await cluster.lab.run('boot', 'node2')
    await cluster.start('node2')
    expect(await cluster.agreed()).toEqual({ [group]: 'node1' })
    const outage = await probe.end()
    expect(outage.hosts).toEqual(['node1'])
    expect(outage.outageMs!).toBeLessThan(keepaliveMs)
  }))
