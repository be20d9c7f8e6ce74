/**
 * Monitors, maintenance, failing starts and crashes in virtual time. The properties of every other run hold: whatever the
 * monitors say, a group runs on one host at most; and in maintenance nothing is started or stopped.
 */
import { expect, test } from 'bun:test'
import { newTally, passSeed } from './suite.ts'

/** So many walk every path; fewer (SIM_SERVICED) only have to hold the properties. */
const WALKING = 120
const SEEDS = Number(process.env.SIM_SERVICED ?? WALKING)

test(`services: ${SEEDS} seeds, every property holds${SEEDS < WALKING ? '' : ', and each path is walked'}`, () => {
  const tally = newTally()
  for (let seed = 1; seed <= SEEDS; seed++) passSeed(seed, tally, 'services')
  if (SEEDS < WALKING) return
  for (const path of [
    'fault sick',
    'fault maintenance',
    'counter monitor_restarts',
    'counter monitor_failovers',
    'event maintenance off>on',
    'event monitor failed>well',
    'cause in maintenance: looking what runs here',
  ]) {
    expect({ path, walked: (tally.counts[path] ?? 0) > 0 }).toEqual({ path, walked: true })
  }
}, 240_000)
