/** A million heartbeats: nothing grows that is not given back. Figures from one to the next hundred thousand. */
import { heapStats } from 'bun:jsc'
import { expect, test } from 'bun:test'
import { config, group } from '../services/pair.ts'
import { Accelerated } from './accelerated.ts'
import { hold } from './say.ts'

const BEATS = 1_000_000
/** Everything that fills up to its bound has done so by then. */
const WARM_BEATS = 100_000

function heapBytes(): number {
  Bun.gc(true)
  return heapStats().heapSize
}

test(`the core and the wire over ${BEATS} heartbeats`, () => {
  const cluster = new Accelerated(config([group('ann', '10.0.0.5')], { keepaliveMs: 200, deadtimeMs: 1000 }))
  cluster.until(WARM_BEATS)
  const beforeBytes = heapBytes()
  cluster.until(BEATS)
  const grownKib = (heapBytes() - beforeBytes) / 1024
  hold({ what: 'heap grown over the last 900000 of a million beats', unit: 'KiB', most: 256 }, grownKib)
  expect(cluster.refused).toBe(0)
  expect(cluster.holders()).toEqual(['ann', 'ann'])
}, 600_000)
