/** The state between two programs of one process: written before exec, read and removed right after. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { HANDOVER_VERSION, type Handover, shifted } from '../handover.ts'
import { replaceFile } from './replace-file.ts'

/** A new program that takes longer begins anew. */
const AGE_MAX_MS = 30_000

const pathIn = (stateDir: string) => join(stateDir, 'hb_handover')

/** Time since boot in ms, the one clock that both programs read. */
const uptimeMs = (): number => Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]) * 1000

export function writeHandover(stateDir: string, handover: Handover, nowMs: number): void {
  const content = { pid: process.pid, uptimeMs: uptimeMs(), nowMs, handover }
  replaceFile(pathIn(stateDir), JSON.stringify(content))
}

export const removeHandover = (stateDir: string): void => rmSync(pathIn(stateDir), { force: true })

/** What an earlier program of this very process left, on this program's clock; null when there is nothing of the kind. */
export function takeHandover(stateDir: string, nowMs: number, problem: (text: string) => void): Handover | null {
  let text: string
  try {
    text = readFileSync(pathIn(stateDir), 'utf8')
  } catch {
    return null
  }
  removeHandover(stateDir)
  try {
    const found = JSON.parse(text) as { pid: number; uptimeMs: number; nowMs: number; handover: Handover }
    if (found.pid !== process.pid) return null
    const elapsedMs = uptimeMs() - found.uptimeMs
    if (found.handover.version !== HANDOVER_VERSION) {
      problem('the program before this one left its state in another form: beginning anew')
      return null
    }
    if (elapsedMs < 0 || elapsedMs > AGE_MAX_MS) return null
    return shifted(found.handover, nowMs - (found.nowMs + elapsedMs))
  } catch (error) {
    problem(`the state of the program before this one cannot be read (${error}): beginning anew`)
    return null
  }
}
