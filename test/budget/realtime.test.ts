import { expect, test } from 'bun:test'
import { deadtimeMs, executable, withCluster } from '../e2e/harness.ts'

/**
 * The engine's threads wait for each other by spinning. Where one of them runs in real time and the one it waits for
 * does not, a host with one processor stands still until the kernel stops the former, after most of a second.
 */
test('two nodes on one processor: real-time priority stalls neither', () =>
  withCluster({}, async (cluster) => {
    for (const host of ['node1', 'node2']) {
      await cluster.lab.run('start', host, 'echo')
      await cluster.lab.run('start', host, 'taskset', '-c', '0', executable, 'run', '--config', '/etc/ha.d')
    }
    await cluster.agreed()
    const probe = cluster.lab.probe(60)
    await probe.ready
    await Bun.sleep(20_000)
    const outage = await probe.end()
    for (const host of ['node1', 'node2']) {
      const log = await cluster.lab.run('exec', host, 'cat', '/var/log/ha-log')
      expect(log.split('\n').filter((line) => /was away for/.test(line))).toEqual([])
    }
    expect(outage.hosts).toEqual(['node1'])
    expect(outage.outageMs!).toBeLessThan(deadtimeMs - 100)
  }))
