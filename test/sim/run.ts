/**
 * Replays seeds: `bun test/sim/run.ts --seed N [--trace|--messages] [--shrink] [--keep]`, or runs many:
 * `bun test/sim/run.ts --from N --count M [--rare] [--counts]`. --kind takes the scenes of another suite (kinds.ts), --keep
 * prints the line for kept.jsonl. It ends with 1 when something was found wrong.
 */
import { KINDS, type Kind } from './kinds.ts'
import { numberOption } from './option.ts'
import { neverInjected, neverWalked } from './rare.ts'
import { shrink } from './shrink.ts'
import { simulate } from './simulate.ts'
import { same, sceneWords } from './suite.ts'

const has = (name: string) => process.argv.includes(`--${name}`)

function kindOf(): Kind {
  const at = process.argv.indexOf('--kind')
  const word = at < 0 ? 'seeds' : (process.argv[at + 1] ?? '')
  if (word in KINDS) return word as Kind
  console.error(`--kind is one of ${Object.keys(KINDS).join(', ')}, not "${word}"`)
  process.exit(2)
}

const make = KINDS[kindOf()]

function one(seed: number): boolean {
  const scene = has('shrink') ? shrink(make(seed)) : make(seed)
  const outcome = simulate(scene, has('messages') ? 2 : has('trace') ? 1 : 0)
  console.log(sceneWords(scene))
  for (const line of outcome.lines) console.log(line)
  if (has('keep')) console.log(JSON.stringify({ was: outcome.wrong, scene }))
  const repeats = same(outcome, simulate(scene))
  if (!repeats) console.log('not-repeatable: another run of it differs')
  console.log(
    outcome.wrong ?? `right: ${outcome.steps} steps, ${outcome.virtualMs} ms, trace ${outcome.hash.toString(16)}`,
  )
  return outcome.wrong === null && repeats
}

function many(from: number, count: number): boolean {
  const found = new Map<string, number[]>()
  const counts: Record<string, number> = {}
  let steps = 0
  const began = performance.now()
  for (let seed = from; seed < from + count; seed++) {
    const outcome = simulate(make(seed))
    steps += outcome.steps
    for (const [name, n] of Object.entries(outcome.counts)) counts[name] = (counts[name] ?? 0) + n
    if (outcome.wrong === null) continue
    const what = outcome.wrong.replace(/[0-9.]+/g, 'N').slice(0, 110)
    found.set(what, [...(found.get(what) ?? []), seed])
  }
  for (const [what, seeds] of found) console.log(`${seeds.length} × ${what}\n    seeds ${seeds.slice(0, 12).join(' ')}`)
  if (has('rare')) {
    console.log(`never walked: ${neverWalked(counts).join('; ') || 'none'}`)
    console.log(`never injected: ${neverInjected(counts).join('; ') || 'none'}`)
  }
  if (has('counts'))
    for (const name of Object.keys(counts).sort()) console.log(`${counts[name]!.toString().padStart(8)} ${name}`)
  const bad = [...found.values()].reduce((n, s) => n + s.length, 0)
  console.log(`${count} seeds, ${steps} steps, ${bad} wrong, ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return found.size === 0
}

const right = has('seed') ? one(numberOption('seed', 1)) : many(numberOption('from', 1), numberOption('count', 200))
process.exit(right ? 0 : 1)
