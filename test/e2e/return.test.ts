import { expect, test } from 'bun:test'
import { deadtimeMs, serviceAddress, slackMs, withRunning } from './harness.ts'

const group = `${serviceAddress}/24/eth0`
const rules = [
  ['on', 'node1', 'the owner takes its group back'],
  ['off', 'node2', 'nothing moves'],
  ['legacy', 'node1', 'the owner takes its group back'],
] as const

for (const [autoFailback, holder, words] of rules) {
  test(`return of the owner with auto_failback ${autoFailback}: ${words}`, () =>
    withRunning({ autoFailback }, async (cluster) => {
      await cluster.lab.run('off', 'node1')
      await cluster.heldBy(['node2'], deadtimeMs + slackMs)
      await cluster.lab.run('boot', 'node1')
      const probe = cluster.lab.probe(60)
      await probe.ready
      await cluster.start('node1')
      await cluster.heldBy([holder], 20_000)
      expect(await cluster.agreed()).toEqual({ [group]: holder })
      // A rule that moves things does so once: what is settled stays.
      await Bun.sleep(3000)
      expect(await cluster.lab.holders()).toEqual([holder])
      const outage = await probe.end()
      expect(outage.hosts).toEqual(holder === 'node1' ? ['node2', 'node1'] : ['node2'])
      expect(outage.outageMs!).toBeLessThan(deadtimeMs)
    }))
}
