/** Some thousands of seeds (SIM_SEEDS=N for another number, SIM_FROM for another first one). */
import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateLong, MIXED_FROM } from './generate.ts'
import { neverWalked } from './rare.ts'
import type { Scene } from './scene.ts'
import { explain, newTally, runSeed } from './suite.ts'

const COUNT = Number(process.env.SIM_SEEDS ?? 1000)
/** Clusters of one hb and one heartbeat, for every this many of hb alone. */
const MIXED_PART = 6
const FROM = Number(process.env.SIM_FROM ?? 10_000)

interface Kept {
  /** What it once showed. */
  readonly was: string
  readonly scene: Scene
}

/** Whole scenes, not seeds: what a seed means changes with the generator. */
function kept(): Kept[] {
  const lines = readFileSync(join(import.meta.dirname, 'kept.jsonl'), 'utf8').split('\n')
  return lines.filter((l) => l !== '').map((l) => JSON.parse(l) as Kept)
}

describe('simulated clusters', () => {
  test.each(kept().map((k) => [k.was, k] as const))('kept: %s', (_, { scene }) => {
    const tally = newTally()
    runSeed(scene.seed, tally, () => scene)
    if (tally.wrong.length > 0) throw new Error(explain(scene.seed, () => scene))
    expect(tally.steps).toBeGreaterThan(100)
  })

  test(`${COUNT} seeds from ${FROM}: every property holds, every rare path is walked`, () => {
    const tally = newTally()
    for (let seed = FROM; seed < FROM + COUNT; seed++) {
      runSeed(seed, tally)
      if (tally.wrong.length > 0) throw new Error(explain(seed))
    }
    for (let i = 0; i < COUNT / MIXED_PART; i++) {
      const seed = MIXED_FROM + FROM + i
      runSeed(seed, tally)
      if (tally.wrong.length > 0) throw new Error(explain(seed))
    }
    runSeed(FROM, tally, generateLong)
    expect(tally.wrong).toEqual([])
    const hours = (tally.virtualMs / 3_600_000).toFixed(1)
    console.log(`${tally.seeds} seeds, each twice: ${tally.steps} steps in ${hours} virtual hours, all properties held`)
    if (COUNT >= 500) expect(neverWalked(tally.counts)).toEqual([])
  }, 600_000)
})
