import { expect, test } from 'bun:test'
import { deadtimeMs, keepaliveMs, serviceAddress, slackMs, withRunning } from './harness.ts'

const group = `${serviceAddress}/24/eth0`

test('a holder frozen for longer than deadtime: the peer has the address, and keeps it after the thaw', () =>
  withRunning({}, async (cluster) => {
    await cluster.lab.run('freeze', 'node1')
    await cluster.heldBy(['node2'], Math.max(2300, deadtimeMs + slackMs))
    await Bun.sleep(1500)
    const probe = cluster.lab.probe(40)
    await probe.ready
    await cluster.lab.run('thaw', 'node1')
    expect(await cluster.agreed()).toEqual({ [group]: 'node2' })
    await Bun.sleep(2000)
    expect(await cluster.lab.holders()).toEqual(['node2'])
    const outage = await probe.end()
    expect(outage.hosts).toEqual(['node2'])
    expect(outage.outageMs!).toBeLessThan(2 * keepaliveMs)
  }))

test('a freeze shorter than deadtime moves nothing', () =>
  withRunning({}, async (cluster) => {
    await cluster.lab.run('signal', 'node1', 'hb', 'STOP')
    await Bun.sleep(deadtimeMs / 2)
    await cluster.lab.run('signal', 'node1', 'hb', 'CONT')
    await Bun.sleep(deadtimeMs + slackMs)
    expect(await cluster.agreed()).toEqual({ [group]: 'node1' })
    expect((await cluster.status('node2'))?.nodes.map((n) => n.state)).toEqual(['active', 'active'])
  }))
