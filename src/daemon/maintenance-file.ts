/** What is in maintenance, kept over restarts and reboots: <stateDir>/hb_maintenance. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MaintenanceState } from '../io.ts'
import { formatMaintenance, NO_MAINTENANCE, parseMaintenance } from '../resources/maintenance.ts'
import { replaceFile } from './replace-file.ts'

const pathIn = (stateDir: string) => join(stateDir, 'hb_maintenance')

/** A file that cannot be understood counts as everything in maintenance: to move nothing is the safe mistake. */
export function readMaintenance(stateDir: string, problem: (text: string) => void): MaintenanceState {
  const path = pathIn(stateDir)
  let content: string
  try {
    content = readFileSync(path, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NO_MAINTENANCE
    problem(`cannot read ${path} (${error}): every group counts as in maintenance until hb maintenance off`)
    return { stamp: 0, all: true, groups: [] }
  }
  const state = parseMaintenance(content)
  if (state !== null) return state
  problem(`${path} cannot be understood: every group counts as in maintenance until hb maintenance off`)
  return { stamp: 0, all: true, groups: [] }
}

export function writeMaintenance(stateDir: string, state: MaintenanceState, problem: (text: string) => void): void {
  const path = pathIn(stateDir)
  try {
    replaceFile(path, `${formatMaintenance(state)}\n`)
  } catch (error) {
    problem(`cannot write ${path} (${error}): the present maintenance would not survive a restart`)
  }
}
