/**
 * Plants one fault after the other in a copy of the project and runs the unit tests of the core and the simulator.
 *
 * Usage: main.ts [--only WORDS[|WORDS...]] [--seeds N] [--part K/N] [--suite NAME]
 *   --suite: that one alone, such as simulator, to see what it finds by itself
 *   --part: each Nth fault from the Kth on, so that several can work side by side; the first also tries the tests unharmed
 *   The table goes to standard output, progress to standard error. Ends with 1 when a fault was not found. What only shows
 *   by not ending in time is counted apart: a machine that is too slow would show the same.
 */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Glob } from 'bun'
import { faults, type Planted } from './faults.ts'

const project = resolve(import.meta.dir, '../..')
/** In this order, so that what costs least is asked first. Nothing here judges by the clock of a busy machine. */
const SUITES = [
  [
    'unit tests',
    [
      'test/engine',
      'test/cluster',
      'test/resources',
      'test/monitors',
      'test/ipfail',
      'test/services/asking.test',
      'test/services/failures.test',
      'test/services/handover.test',
      'test/services/maintenance.test',
      'test/wire/codec',
      'test/wire/signature',
      'test/wire/vectors',
    ],
  ],
  ['scenarios', ['test/sim/script']],
  [
    'simulator',
    ['test/sim/suite', 'test/sim/partitions', 'test/sim/services', 'test/sim/fencing', 'test/sim/heartbeat'],
  ],
] as const
/** A fault may make tests go round in circles; the simulator notices that itself, and takes long on a busy machine. */
const SUITE_TIMEOUT_MS = { 'unit tests': 120_000, scenarios: 120_000, simulator: 900_000 } as const
const DEFAULT_SEEDS = '250'

const ENDLESS = 'it does not end'
const LAST_WORDS = 1000

interface Verdict {
  readonly fault: Planted
  readonly file: string
  /** Which suite found it, and the first test that did; null: it survived. */
  readonly by: string | null
  readonly test: string
  readonly seconds: number
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : process.argv[at + 1]
}

/** The first failing test of a suite, or null when all pass. */
async function failing(copy: string, folders: readonly string[], limitMs: number): Promise<string | null> {
  const child = Bun.spawn([process.execPath, 'test', '--bail', '--timeout', '120000', ...folders], {
    cwd: copy,
    stdout: 'pipe',
    stderr: 'pipe',
    stdin: 'ignore',
    env: { ...process.env, SIM_SEEDS: option('seeds') ?? DEFAULT_SEEDS },
  })
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, limitMs)
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  clearTimeout(timer)
  if ((await child.exited) === 0) return null
  const name = /^\(fail\) (.*?)( \[[\d.]+ms\])?$/m.exec(out + err)?.[1]
  const property =
    /^error: ((one|left|not|no|lease|stray|spinning|liveness|calm|causes|bounds|initdead|\w+-\w+)[^\n]*)/m.exec(
      out + err,
    )?.[1]
  // What no test has noticed shows nothing of the tests.
  if (name === undefined && !late)
    throw new Error(`no test has failed, but they do not run:\n${err.slice(-LAST_WORDS)}`)
  return `${name ?? ENDLESS}${property === undefined ? '' : ` (${property.slice(0, 70)})`}`
}

/** Where the core is, and the reading of what it hears. */
const FOLDERS = ['src/cluster', 'src/resources', 'src/ipfail', 'src/wire', 'src/engine.ts', 'src/handover.ts']

/** @throws Error when the text that is to go is not there exactly once. */
function plant(copy: string, { from, to, what }: Planted): { file: string; restore: () => void } {
  const files = FOLDERS.flatMap((f) => (f.endsWith('.ts') ? [f] : [...new Glob(`${f}/*.ts`).scanSync(copy)]))
  const found = files.filter((f) => readFileSync(join(copy, f), 'utf8').includes(from))
  const count = found.reduce((n, f) => n + readFileSync(join(copy, f), 'utf8').split(from).length - 1, 0)
  const [file] = found
  if (file === undefined || count !== 1) {
    throw new Error(`"${what}": the text to be replaced is in the core ${count} times, not once:\n${from}`)
  }
  const path = join(copy, file)
  const text = readFileSync(path, 'utf8')
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
  return { file, restore: () => writeFileSync(path, text) }
}

function suites(): (typeof SUITES)[number][] {
  const wanted = option('suite')
  const chosen = SUITES.filter(([name]) => wanted === undefined || name === wanted)
  if (chosen.length === 0) throw new Error(`--suite ${wanted}: there are ${SUITES.map(([name]) => name).join(', ')}`)
  return chosen
}

async function judge(copy: string, fault: Planted): Promise<Verdict> {
  const beganMs = performance.now()
  const { file, restore } = plant(copy, fault)
  const verdict = (by: string | null, test: string) => ({
    fault,
    file,
    by,
    test,
    seconds: (performance.now() - beganMs) / 1000,
  })
  try {
    for (const [name, folders] of suites()) {
      const test = await failing(copy, folders, SUITE_TIMEOUT_MS[name])
      if (test !== null) return verdict(name, test)
    }
    return verdict(null, '')
  } finally {
    restore()
  }
}

function table(verdicts: readonly Verdict[]): string {
  const row = (v: Verdict) => {
    const found = v.by === null ? '**not found**' : `${v.by}: ${v.test}`
    return `| ${v.fault.what} | \`${v.file.replace('src/', '')}\` | ${found.replaceAll('|', '\\|')} |`
  }
  return ['| planted fault | in | found by |', '| --- | --- | --- |', ...verdicts.map(row)].join('\n')
}

async function main(copy: string): Promise<number> {
  const clone = Bun.spawnSync(['git', 'clone', '-q', project, copy])
  if (!clone.success) throw new Error(`git clone: ${clone.stderr}`)
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'))
  for (const fault of faults) plant(copy, fault).restore()
  const [part = 1, parts = 1] = (option('part') ?? '1/1').split('/').map(Number)
  for (const [name, folders] of part === 1 ? suites() : []) {
    const test = await failing(copy, folders, SUITE_TIMEOUT_MS[name])
    if (test !== null) throw new Error(`without any fault the ${name} fail already: ${test}`)
  }
  const only = option('only')
  const verdicts: Verdict[] = []
  for (const fault of faults.filter(
    (f, i) => i % parts === part - 1 && (only === undefined || only.split('|').some((words) => f.what.includes(words))),
  )) {
    const verdict = await judge(copy, fault)
    verdicts.push(verdict)
    console.error(`${verdict.by === null ? 'SURVIVED' : 'found'} (${verdict.seconds.toFixed(0)} s): ${fault.what}`)
  }
  const found = verdicts.filter((v) => v.by !== null).length
  const endless = verdicts.filter((v) => v.test === ENDLESS).length
  console.log(
    `${table(verdicts)}\n\n${found} of ${verdicts.length} planted faults were found, ${endless} by not ending.`,
  )
  return found === verdicts.length && found > 0 ? 0 : 1
}

const folder = mkdtempSync(join(tmpdir(), 'hb-mutate-'))
try {
  process.exitCode = await main(join(folder, 'hb'))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
} finally {
  rmSync(folder, { recursive: true, force: true })
}
