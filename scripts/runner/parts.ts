/** What the project is checked by: each part runs something and takes the counts from its report. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, sideBySide } from './child.ts'
import { add, type Counts, closingCounts, junitCounts, nothing, verdict } from './junit.ts'

export interface PartResult {
  readonly counts: Counts
  /** What to show the reader: everything about failures and skips; of successes only the figures they begin a line with. */
  readonly output: string
}

export interface Part {
  readonly name: string
  run(): Promise<PartResult>
}

const CHILD_TIMEOUT_MS = 15 * 60_000
/** A file may be allowed more than that for its tests. */
const SLACK_MS = 60_000

/** A tool without counts of its own: one check, passed when it exits with 0. */
export function tool(name: string, command: readonly string[]): Part {
  return {
    name,
    async run() {
      const { code, output } = await run(command, CHILD_TIMEOUT_MS)
      const passed = code === 0
      return { counts: { ...nothing, passed: passed ? 1 : 0, failed: passed ? 0 : 1 }, output: passed ? '' : output }
    },
  }
}

/** A script that ends with "N passed, N failed". */
export function script(name: string, command: readonly string[]): Part {
  return {
    name,
    async run() {
      const { code, output } = await run(command, CHILD_TIMEOUT_MS)
      const { counts, complaint } = verdict(closingCounts(output), code)
      const show = counts.failed > 0 || counts.skipped > 0
      return { counts, output: show ? `${output}${complaint ? `${name} ${complaint}\n` : ''}` : '' }
    },
  }
}

/** Test files, each under its own `bun test`, at most `width` at a time; prefix is a command that runs a command. */
export function bunTests(
  name: string,
  files: readonly string[],
  width: number,
  timeoutMs: number,
  prefix: readonly string[] = [],
): Part {
  return {
    name,
    async run() {
      if (files.length === 0) return { counts: { ...nothing, failed: 1 }, output: `${name}: there are no test files\n` }
      const results = await sideBySide(files, width, (file) => bunTest(file, timeoutMs, prefix))
      return {
        counts: results.map((r) => r.counts).reduce(add, nothing),
        output: results.map((r) => r.output).join(''),
      }
    },
  }
}

/** Folders of tests on Deno, where deno.json says how; all in one process. */
export function denoTests(name: string, env: Readonly<Record<string, string>>): Part {
  return {
    name,
    async run() {
      const folder = mkdtempSync(join(tmpdir(), 'hb-report-'))
      const report = join(folder, 'junit.xml')
      try {
        const command = ['node_modules/.bin/deno', 'task', 'test', `--junit-path=${report}`]
        const { code, output } = await run(command, CHILD_TIMEOUT_MS, { ...process.env, ...env, NO_COLOR: '1' })
        const xml = existsSync(report) ? readFileSync(report, 'utf8') : ''
        const { counts, complaint } = verdict(junitCounts(xml), code)
        const show = counts.failed > 0 || counts.skipped > 0
        return { counts, output: show ? `${output}${complaint ? `${name} ${complaint}\n` : ''}` : '' }
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  }
}

/** Each file's temporary files go with it, whatever it leaves behind. */
async function bunTest(file: string, timeoutMs: number, prefix: readonly string[]): Promise<PartResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hb-report-'))
  const report = join(folder, 'junit.xml')
  const temporary = join(folder, 't')
  mkdirSync(temporary)
  // Some of what is tested runs as another user.
  for (const path of [folder, temporary]) chmodSync(path, 0o755)
  try {
    const options = [`--timeout=${timeoutMs}`, '--reporter=junit', `--reporter-outfile=${report}`]
    const { code, output } = await run(
      [...prefix, process.execPath, 'test', ...options, file.startsWith('/') ? file : `./${file}`],
      Math.max(CHILD_TIMEOUT_MS, timeoutMs + SLACK_MS),
      { ...process.env, TMPDIR: temporary },
    )
    const xml = existsSync(report) ? readFileSync(report, 'utf8') : ''
    const { counts, complaint } = verdict(junitCounts(xml), code)
    const show = counts.failed > 0 || counts.skipped > 0
    const figures = [...output.matchAll(/^(?:budget|simulated): .*\n/gm)].join('')
    return { counts, output: show ? `--- ${file}\n${output}${complaint ? `${file} ${complaint}\n` : ''}` : figures }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
