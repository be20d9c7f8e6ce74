/** Many seeds in one go: what went wrong, whether runs repeat, and how often each rare path was walked. */
import { KINDS, type Kind, replay } from './kinds.ts'
import { PROPERTIES } from './properties.ts'
import { timesInjected, timesWalked } from './rare.ts'
import { faultWords, type Scene } from './scene.ts'
import { shrink } from './shrink.ts'
import { type Outcome, simulate } from './simulate.ts'

const LINES_SHOWN = 150
const NOT_REPEATABLE = 'not-repeatable: two runs of one seed differ'

export interface Tally {
  seeds: number
  steps: number
  virtualMs: number
  readonly counts: Record<string, number>
  readonly wrong: { readonly seed: number; readonly what: string }[]
}

export const newTally = (): Tally => ({ seeds: 0, steps: 0, virtualMs: 0, counts: {}, wrong: [] })

/** Runs a seed twice; the two traces must be equal. */
export function runSeed(seed: number, tally: Tally, kind: Kind = 'seeds'): void {
  const first = simulate(KINDS[kind](seed))
  const again = simulate(KINDS[kind](seed))
  tally.seeds++
  tally.steps += first.steps
  tally.virtualMs += first.virtualMs
  for (const [name, n] of Object.entries(first.counts)) tally.counts[name] = (tally.counts[name] ?? 0) + n
  if (first.wrong !== null) tally.wrong.push({ seed, what: first.wrong })
  else if (!same(first, again)) tally.wrong.push({ seed, what: NOT_REPEATABLE })
}

/** @throws Error that says what was wrong, what replays it, and what happened. */
export function passSeed(seed: number, tally: Tally, kind: Kind = 'seeds'): void {
  runSeed(seed, tally, kind)
  if (tally.wrong.length > 0) throw new Error(explain(seed, kind))
}

export const same = (a: Outcome, b: Outcome) =>
  a.hash === b.hash && a.steps === b.steps && a.virtualMs === b.virtualMs && a.wrong === b.wrong

/** What a suite has done, in one line. */
export function tallyWords({ seeds, steps, virtualMs, counts }: Tally): string {
  const hours = (virtualMs / 3_600_000).toFixed(1)
  const walks = timesWalked(counts)
  const [rarest, least] = [...walks].sort(([, a], [, b]) => a - b)[0]!
  const faults = [...timesInjected(counts).values()].filter((n) => n > 0).length
  const paths = `${[...walks.values()].filter((n) => n > 0).length} of ${walks.size} rare paths`
  return (
    `${seeds} seeds, each twice: ${(steps / 1e6).toFixed(1)} million steps, ${hours} virtual hours; ` +
    `${PROPERTIES.length} properties held; ${faults} kinds of faults; ${paths} walked, '${rarest}' ${least} times`
  )
}

/** A scene in a few lines. */
export function sceneWords(s: Scene): string {
  const timing = `keepalive ${s.keepaliveMs} deadtime ${s.deadtimeMs} initdead ${s.initdeadMs}`
  const groups = s.groups.map((g) => `${g.owner} ${g.resources.map((r) => r.text).join(' ')}`).join('; ')
  const faults = s.faults.map((f) => `\n  ${(f.atMs / 1000).toFixed(3).padStart(8)} ${faultWords(f)}`).join('')
  const old = s.old.length > 0 ? ` heartbeat: ${s.old.join(' ')}` : ''
  return `seed ${s.seed}: ${timing} auto_failback ${s.autoFailback} links ${s.links.join(' ')}${old}; ${groups}${faults}`
}

/** What a failure prints: what is wrong, command, the smallest scene that still fails, and what happened in it. */
export function explain(seed: number, kind: Kind = 'seeds'): string {
  const scene = shrink(KINDS[kind](seed))
  const { wrong, lines } = simulate(scene, 1)
  const words = wrong === null ? difference(scene) : lines.slice(-LINES_SHOWN)
  const what = wrong ?? NOT_REPEATABLE
  return [what, replay(kind, seed), sceneWords(scene), ...words].join('\n')
}

/** How two runs of it come to differ. */
function difference(scene: Scene): string[] {
  const [one, two] = [simulate(scene, 2).lines, simulate(scene, 2).lines]
  const at = one.findIndex((line, i) => line !== two[i])
  if (at < 0) return ['two more runs of it have the same lines']
  return [...one.slice(Math.max(0, at - LINES_SHOWN), at), `one: ${one[at]}`, `two: ${two[at]}`]
}
