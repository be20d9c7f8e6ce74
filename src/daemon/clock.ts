import { closeSync, openSync, readSync } from 'node:fs'
import type { Now } from '../io.ts'

const LOAD_EVERY_MS = 1000

/** The shell's clock: monotonic time that counts a suspended process's absence, wall time, and the load line. */
export function createClock(): () => Now {
  let load = 'n/a'
  let readMs = Number.NEGATIVE_INFINITY
  const buffer = new Uint8Array(128)
  const readLoad = () => {
    try {
      const fd = openSync('/proc/loadavg', 'r')
      try {
        const length = readSync(fd, buffer, 0, buffer.length, 0)
        load = new TextDecoder('latin1').decode(buffer.subarray(0, length)).split('\n')[0] ?? 'n/a'
      } finally {
        closeSync(fd)
      }
    } catch {
      load = 'n/a'
    }
  }
  return () => {
    const ms = performance.now()
    if (ms - readMs >= LOAD_EVERY_MS) {
      readMs = ms
      readLoad()
    }
    return { ms, wallS: Math.floor(Date.now() / 1000), load }
  }
}

/** Monotonic and wall time, for those who show them. */
export const reading = (): { ms: number; wallMs: number } => ({ ms: performance.now(), wallMs: Date.now() })
