/** The test of a range of seeds: hb alone, one hb beside one heartbeat for every sixth, and one long run. */
import { expect, test } from 'bun:test'
import { MIXED_FROM } from './generate.ts'
import type { Kind } from './kinds.ts'
import { neverInjected, neverWalked } from './rare.ts'
import { newTally, passSeed, tallyWords } from './suite.ts'

/** So many seeds in each file that runs some. */
export const COUNT = Number(process.env.SIM_SEEDS ?? 1000)
export const FROM = Number(process.env.SIM_FROM ?? 10_000)
/** Clusters of one hb and one heartbeat, for every this many of hb alone. */
const MIXED_PART = 6
/** Fewer do not walk every rare path. */
const ENOUGH = 500

/** rare: every rare path must have been walked, too, and every kind of fault must have happened. */
export function testSeeds(from: number, count: number, rare: boolean): void {
  test(`${count} seeds from ${from}: every property holds${rare ? ', every rare path is walked' : ''}`, () => {
    const tally = newTally()
    for (let seed = from; seed < from + count; seed++) passSeed(seed, tally)
    for (let i = 0; i < count / MIXED_PART; i++) passSeed(MIXED_FROM + from + i, tally)
    passSeed(from, tally, 'long')
    console.log(`simulated: ${tallyWords(tally)}`)
    if (!rare || count < ENOUGH) return
    expect(neverWalked(tally.counts)).toEqual([])
    expect(neverInjected(tally.counts)).toEqual([])
  }, 850_000)
}

/** The first seeds of a kind: so many (walking) walk each of the paths; fewer only have to hold the properties. */
export function testPaths(kind: Kind, count: number, walking: number, paths: readonly string[]): void {
  test(`${kind}: ${count} seeds, every property holds${count < walking ? '' : ', and each path is walked'}`, () => {
    const tally = newTally()
    for (let seed = 1; seed <= count; seed++) passSeed(seed, tally, kind)
    if (count < walking) return
    for (const path of paths) {
      expect({ path, walked: (tally.counts[path] ?? 0) > 0 }).toEqual({ path, walked: true })
    }
  }, 240_000)
}
