import { expect, test } from 'bun:test'
import { keepaliveMs, serviceAddress, slackMs, withRunning } from './harness.ts'

const words = ['dev', 'eth0']

test('an address removed behind its back comes back', () =>
  withRunning({}, async (cluster) => {
    const probe = cluster.lab.probe(20)
    await probe.ready
    await cluster.lab.run('net', 'node1', 'ip', 'addr', 'del', `${serviceAddress}/24`, ...words)
    await cluster.heldBy(['node1'], 2 * keepaliveMs + slackMs)
    await Bun.sleep(500)
    const outage = await probe.end()
    expect(outage.hosts).toEqual(['node1'])
    expect(outage.outageMs!).toBeLessThan(2 * keepaliveMs + slackMs)
    expect(outage.silentMs!).toBeLessThan(200)
  }))

test('an address added where it does not belong goes', () =>
  withRunning({}, async (cluster) => {
    await cluster.lab.run('net', 'node2', 'ip', 'addr', 'add', `${serviceAddress}/24`, ...words)
    await cluster.heldBy(['node1'], 2 * keepaliveMs + slackMs)
    await cluster.reachedAt('node1', 3000)
  }))
