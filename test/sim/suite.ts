/** Many seeds in one go: what went wrong, whether runs repeat, and how often each rare path was walked. */
import { generate } from './generate.ts'
import { PROPERTIES } from './properties.ts'
import { timesWalked } from './rare.ts'
import { faultWords, type Scene } from './scene.ts'
import { shrink } from './shrink.ts'
import { type Outcome, simulate } from './simulate.ts'

export interface Tally {
  seeds: number
  steps: number
  virtualMs: number
  readonly counts: Record<string, number>
  readonly wrong: { readonly seed: number; readonly what: string }[]
}

export const newTally = (): Tally => ({ seeds: 0, steps: 0, virtualMs: 0, counts: {}, wrong: [] })

/** Runs a seed twice; the two traces must be equal. */
export function runSeed(seed: number, tally: Tally, make: (seed: number) => Scene = generate): void {
  const scene = make(seed)
  const first = simulate(scene)
  const again = simulate(make(seed))
  tally.seeds++
  tally.steps += first.steps
  tally.virtualMs += first.virtualMs
  for (const [name, n] of Object.entries(first.counts)) tally.counts[name] = (tally.counts[name] ?? 0) + n
  if (first.wrong !== null) tally.wrong.push({ seed, what: first.wrong })
  else if (!same(first, again)) tally.wrong.push({ seed, what: 'not-repeatable: two runs of one seed differ' })
}

const same = (a: Outcome, b: Outcome) => a.hash === b.hash && a.steps === b.steps && a.virtualMs === b.virtualMs

/** What a suite has done, in one line. */
export function tallyWords({ seeds, steps, virtualMs, counts }: Tally): string {
  const hours = (virtualMs / 3_600_000).toFixed(1)
  const walks = timesWalked(counts)
  const [rarest, least] = [...walks].sort(([, a], [, b]) => a - b)[0]!
  const paths = `${[...walks.values()].filter((n) => n > 0).length} of ${walks.size} rare paths`
  return (
    `${seeds} seeds, each twice: ${(steps / 1e6).toFixed(1)} million steps, ${hours} virtual hours; ` +
    `${PROPERTIES.length} properties held; ${paths} walked, '${rarest}' ${least} times`
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

/** What a failure prints: seed, command, the smallest scene that still fails, and what happened in it. */
export function explain(seed: number, make: (seed: number) => Scene = generate): string {
  const scene = shrink(make(seed))
  const { wrong, lines } = simulate(scene, 1)
  const shown = lines.length > 150 ? ['...', ...lines.slice(-150)] : lines
  return [wrong, `bun test/sim/run.ts --seed ${seed} --trace --shrink`, sceneWords(scene), ...shown].join('\n')
}
