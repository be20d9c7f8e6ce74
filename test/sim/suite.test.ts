/** The scenes that once failed, and a thousand seeds (SIM_SEEDS=N for another number, SIM_FROM for another first one). */
import { describe, expect, test } from 'bun:test'
import { kept } from './kinds.ts'
import { COUNT, FROM, testSeeds } from './seeds.ts'
import { newTally, passSeed } from './suite.ts'

describe('simulated clusters', () => {
  test.each(kept().map((k, i) => [k.was, i + 1] as const))('kept: %s', (_, line) => {
    const tally = newTally()
    passSeed(line, tally, 'kept')
    expect(tally.steps).toBeGreaterThan(100)
  })

  testSeeds(FROM, COUNT, true)
})
