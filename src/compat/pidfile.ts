/** heartbeat's pid file: the number in ten columns and a line end. */
import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

const WIDTH = 10

/** Writes it; the reason when that is not possible. */
export function writePidFile(path: string, pid: number): string | null {
  try {
    const before = lstatSync(path, { throwIfNoEntry: false })
    if (before !== undefined && !before.isFile()) return `${path} exists and is not a file`
    writeFileSync(path, `${String(pid).padStart(WIDTH)}\n`, { mode: 0o644 })
    return null
  } catch (error) {
    return `${path}: ${error instanceof Error ? error.message : error}`
  }
}

/** Removes it if it is still this process's own. */
export function removePidFile(path: string, pid: number): void {
  try {
    if (Number(readFileSync(path, 'latin1')) === pid) rmSync(path)
  } catch {
    // Gone already, or never written: there is nothing to remove.
  }
}
