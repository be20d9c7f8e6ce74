/** After a partition, or while it heals, one of two holders lets go soon, in whatever state it finds the other. */
import { expect, test } from 'bun:test'
import type { Kind } from './kinds.ts'
import { type Lingering, lingering } from './partitions.ts'
import { explain } from './suite.ts'

const SEEDS = 40
/** A heartbeat is asked at the next second but one, and once more if the question was lost on its way. */
const USUAL_MS = 3500
/** Now and then it is in the midst of a hand-over of its own, and is asked again when that has come to nothing. */
const WORST_MS = 7000
/** One in so many may need that. */
const SELDOM = 20
/** Three beats. */
const BETWEEN_HB_MS = 1000

const worst = (found: readonly Lingering[]) => found.toSorted((a, b) => b.doubledMs - a.doubledMs)[0]!

function seeds(from: number, old: readonly string[], kind: Kind): Lingering[] {
  const found = Array.from({ length: SEEDS }, (_, i) => lingering(from + i, old))
  const wrong = found.find((l) => l.wrong !== null)
  if (wrong !== undefined) throw new Error(explain(wrong.seed, kind))
  const { seed, doubledMs, atMs } = worst(found)
  const command = ['bun test/sim/partitions.ts', seed, 0, ...old].join(' ')
  console.log(`${command}: two holders for ${doubledMs} ms of whole links, until ${atMs}; others less`)
  return found
}

for (const old of ['ann', 'bob'] as const) {
  test(`${SEEDS} clusters with a heartbeat, ${old}: whoever should, lets go within seconds`, () => {
    const found = seeds(old === 'ann' ? 1001 : 1, [old], `partitions-${old}`)
    expect(worst(found).doubledMs).toBeLessThan(WORST_MS)
    expect(found.filter((l) => l.doubledMs > USUAL_MS).length).toBeLessThanOrEqual(SEEDS / SELDOM)
  }, 60_000)
}

test(`${SEEDS} clusters of two hb: one lets go within three beats`, () => {
  const found = seeds(1, [], 'partitions')
  expect(worst(found).doubledMs).toBeGreaterThan(0)
  expect(worst(found).doubledMs).toBeLessThan(BETWEEN_HB_MS)
}, 60_000)
