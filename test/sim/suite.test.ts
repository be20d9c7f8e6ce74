/** The scenes that once failed, and a thousand seeds (SIM_SEEDS=N for another number, SIM_FROM for another first one). */
import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Scene } from './scene.ts'
import { COUNT, FROM, testSeeds } from './seeds.ts'
import { explain, newTally, runSeed } from './suite.ts'

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

  testSeeds(FROM, COUNT, true)
})
