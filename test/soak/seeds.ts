/**
 * Seeds of the simulator that nobody has run before, each twice, for as long as is wanted: hb alone and hb beside a
 * heartbeat by turns. What goes wrong is told at once, with the command that replays it, and the rest is run all the same.
 *
 * Usage: seeds.ts --sim [--minutes N] [--seed FIRST]
 */
import { MIXED_FROM } from '../sim/generate.ts'
import { numberOption } from '../sim/option.ts'
import { explain, newTally, runSeed, tallyWords } from '../sim/suite.ts'

const PROGRESS_MS = 60_000

const minutes = numberOption('minutes', 5)
/** Seconds since 1970 keep ranges of different days apart, and those of hb alone clear of the mixed ones. */
const first = numberOption('seed', 100_000 + (Math.floor(Date.now() / 1000) % 800_000))
if (!(minutes > 0) || !Number.isInteger(first) || first < 0) {
  console.error('usage: scripts/soak --sim [--minutes N] [--seed FIRST]')
  process.exit(2)
}

const tally = newTally()
const endMs = performance.now() + minutes * 60_000
let nextWordMs = performance.now() + PROGRESS_MS
let told = 0
for (let i = 0; performance.now() < endMs; i++) {
  const seed = first + Math.floor(i / 2) + (i % 2 === 0 ? 0 : MIXED_FROM)
  runSeed(seed, tally)
  for (; told < tally.wrong.length; told++) console.log(`${explain(tally.wrong[told]!.seed)}\n`)
  if (performance.now() < nextWordMs) continue
  nextWordMs += PROGRESS_MS
  console.error(`${tally.seeds} seeds, ${tally.wrong.length} wrong`)
}
console.log(`seeds from ${first} and from ${first + MIXED_FROM}: ${tallyWords(tally)}`)
console.log(`${tally.wrong.length} wrong${tally.wrong.map(({ seed }) => ` ${seed}`).join('')}`)
process.exit(tally.wrong.length === 0 ? 0 : 1)
