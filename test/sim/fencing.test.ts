/**
 * Partitions, crashes and stalls in clusters with fencing, in virtual time. Losing each other is no excuse for two
 * holders here: nothing is taken from a dead node before it was reset.
 */
import { expect, test } from 'bun:test'
import { newTally, passSeed } from './suite.ts'

/** So many walk every path; fewer (SIM_FENCED) only have to hold the properties. */
const WALKING = 60
const SEEDS = Number(process.env.SIM_FENCED ?? WALKING)

test(`fencing: ${SEEDS} seeds, every property holds${SEEDS < WALKING ? '' : ', and each path is walked'}`, () => {
  const tally = newTally()
  for (let seed = 1; seed <= SEEDS; seed++) passSeed(seed, tally, 'fencing')
  if (SEEDS < WALKING) return
  for (const path of [
    'reset',
    'counter fencings',
    'counter fencing_failures',
    'event fencing no>resetting',
    'event fencing resetting>ended',
    'cause X is heard again',
  ]) {
    expect({ path, walked: (tally.counts[path] ?? 0) > 0 }).toEqual({ path, walked: true })
  }
}, 240_000)
