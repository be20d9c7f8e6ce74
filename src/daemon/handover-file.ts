/** The state between two programs of one process: written before exec, read and removed right after. */
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { StreamsState } from '../agents/streams.ts'
import type { CompatState } from '../compat/host.ts'
import type { ClusterConfig } from '../config/types.ts'
import { HANDOVER_VERSION, type Handover, shifted } from '../handover.ts'
import type { OpenWatchdog } from '../linux/watchdog.ts'
import { replaceFile } from './replace-file.ts'

/** A new program that takes longer begins anew. */
const AGE_MAX_MS = 30_000

/** What the shell of one program leaves the next: children and descriptors, which outlive exec. */
export interface ShellState {
  /** What the core's state was made under: the files may say something else by now. */
  readonly cluster: ClusterConfig
  readonly uuid: readonly number[]
  readonly compat: CompatState
  readonly watchdog: OpenWatchdog | null
  readonly streams: readonly StreamsState[]
}

/** core: null where it cannot be used and the core begins anew; programs and descriptors are there all the same. */
export interface Left {
  readonly core: Handover | null
  readonly shell: ShellState
}

interface Content {
  readonly pid: number
  readonly uptimeMs: number
  readonly nowMs: number
  readonly handover: Handover
  readonly shell: ShellState
}

const pathIn = (stateDir: string) => join(stateDir, 'hb_handover')

/** Time since boot in ms, the one clock that both programs read. */
const uptimeMs = (): number => Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]) * 1000

export function writeHandover(stateDir: string, handover: Handover, shell: ShellState, nowMs: number): void {
  const content: Content = { pid: process.pid, uptimeMs: uptimeMs(), nowMs, handover, shell }
  replaceFile(pathIn(stateDir), JSON.stringify(content))
}

export const removeHandover = (stateDir: string): void => rmSync(pathIn(stateDir), { force: true })

/** What an earlier program of this very process left, on this program's clock; null when there is nothing of the kind. */
export function takeHandover(stateDir: string, nowMs: number, problem: (text: string) => void): Left | null {
  let text: string
  try {
    // It says which descriptors are whose: nobody else's word counts for that.
    if (statSync(pathIn(stateDir)).uid !== process.geteuid?.()) return null
    text = readFileSync(pathIn(stateDir), 'utf8')
  } catch {
    return null
  }
  removeHandover(stateDir)
  try {
    const found = JSON.parse(text) as Content
    if (found.pid !== process.pid) return null
    const elapsedMs = uptimeMs() - found.uptimeMs
    if (elapsedMs < 0 || elapsedMs > AGE_MAX_MS) return null
    const shiftMs = nowMs - (found.nowMs + elapsedMs)
    const shell = { ...found.shell, compat: compatShifted(found.shell.compat, shiftMs) }
    if (found.handover.version === HANDOVER_VERSION) return { core: shifted(found.handover, shiftMs), shell }
    problem('the program before this one left its state in another form: beginning anew')
    return { core: null, shell }
  } catch (error) {
    problem(`the state of the program before this one cannot be read (${error}): beginning anew`)
    return null
  }
}

const compatShifted = (compat: CompatState, shiftMs: number): CompatState => ({
  ...compat,
  programs: compat.programs.map((p) => ({ ...p, startedMs: p.startedMs + shiftMs })),
})
