/** After a partition, or while it heals, one of two holders lets go soon, in whatever state it finds the other. */
import { expect, test } from 'bun:test'
import { type Lingering, lingering } from './partitions.ts'

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
const seeds = (from: number, old: readonly string[]) =>
  Array.from({ length: SEEDS }, (_, i) => lingering(from + i, old))

for (const old of ['ann', 'bob']) {
  test(`${SEEDS} clusters with a heartbeat, ${old}: whoever should, lets go within seconds`, () => {
    const found = seeds(old === 'ann' ? 1001 : 1, [old])
    const { seed, doubledMs, atMs } = worst(found)
    console.log(`seed ${seed}: two holders for ${doubledMs} ms of whole links, until ${atMs}; others less`)
    expect(found.filter((l) => l.wrong !== null)).toEqual([])
    expect(doubledMs).toBeLessThan(WORST_MS)
    expect(found.filter((l) => l.doubledMs > USUAL_MS).length).toBeLessThanOrEqual(SEEDS / SELDOM)
  }, 60_000)
}

test(`${SEEDS} clusters of two hb: one lets go within three beats`, () => {
  const found = seeds(1, [])
  expect(found.filter((l) => l.wrong !== null)).toEqual([])
  expect(worst(found).doubledMs).toBeGreaterThan(0)
  expect(worst(found).doubledMs).toBeLessThan(BETWEEN_HB_MS)
}, 60_000)
