/**
 * The whole way of an administrator: two heartbeats serve; node2 is stopped and comes back as hb; then node1; then the
 * way back. A client asks all the time. The yardstick is the same eight restarts with heartbeat alone.
 */
import { expect, test } from 'bun:test'
import { addressOf, type Host, type Kind, Pair } from './cluster.ts'
import { pooled } from './matrix.ts'

const SLACK_MS = 1500
const change: readonly (readonly [Host, Kind])[] = [
  ['node2', 'hb'],
  ['node1', 'hb'],
  ['node2', 'heartbeat'],
  ['node1', 'heartbeat'],
]
const same: readonly (readonly [Host, Kind])[] = change.map(([host]) => [host, 'heartbeat'])

interface Way {
  /** Time without an answer, ms: for each restart the longest gap, all added up. */
  readonly lostMs: number
  readonly gapsMs: readonly number[]
  readonly error: string | null
}

async function walk(restarts: readonly (readonly [Host, Kind])[]): Promise<Way> {
  const kinds: Record<Host, Kind> = { node1: 'heartbeat', node2: 'heartbeat' }
  const pair = new Pair({ kinds, medium: 'ucast', method: 'sha1', rule: 'on' })
  const gapsMs: number[] = []
  try {
    await pair.up()
    await pair.start('node1', 'node2')
    await pair.settled({ node1: 'node1', node2: 'node2' }, 30_000)
    await Bun.sleep(5500)
    for (const [host, kind] of restarts) {
      const probe = pair.lab.probe(90, { address: addressOf.node1 })
      await probe.ready
      await pair.stop(host)
      kinds[host] = kind
      await pair.start(host)
      await pair.settled({ node1: 'node1', node2: 'node2' }, 40_000)
      gapsMs.push((await probe.end()).outageMs ?? Number.POSITIVE_INFINITY)
      await Bun.sleep(5500)
    }
    return { lostMs: gapsMs.reduce((a, b) => a + b, 0), gapsMs, error: null }
  } catch (error) {
    return { lostMs: 0, gapsMs, error: `${error instanceof Error ? error.message : error}\n${await pair.logs()}` }
  } finally {
    await pair.down()
  }
}

test('from two heartbeats to two hb and back, node by node: a client loses no more than by restarts of heartbeat', async () => {
  const [changed, restarted] = await Promise.all(pooled([change, same], 2, walk))
  expect(changed!.error).toBeNull()
  expect(restarted!.error).toBeNull()
  console.log(`upgrade and back: ${changed!.gapsMs.join(', ')} ms; heartbeat alone: ${restarted!.gapsMs.join(', ')} ms`)
  expect(changed!.lostMs).toBeLessThan(restarted!.lostMs + SLACK_MS)
})
