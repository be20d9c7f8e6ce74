/** What an exit code and a text say about a resource. Pure. */
import type { Operation, Outcome } from '../io.ts'

/** How a script speaks: heartbeat's own by text, init scripts by LSB codes and text, the others by their codes. */
export type Dialect = 'text' | 'lsb' | 'ocf' | 'systemd'

const LSB_RUNNING = 0
const LSB_STOPPED = 3
/** `systemctl is-active`: 3 is inactive, failed or on the way; 4 is no such unit. */
const UNIT_STOPPED: readonly number[] = [3, 4]
const OCF_RUNNING = 0
const OCF_STOPPED = 7

/** heartbeat's rule: "not ... running" is stopped, else "running", "Running" or "OK" is running, else stopped. */
export function textSays(text: string): 'running' | 'stopped' {
  if (saysNotRunning(text)) return 'stopped'
  return /[rR]unning|OK/.test(text) ? 'running' : 'stopped'
}

const saysNotRunning = (text: string): boolean => /[nN][oO][tT] .*[rR]unning/s.test(text)

/** The outcome of an operation that ended by itself; code is null when a signal ended it. */
export function judge(dialect: Dialect, op: Operation, code: number | null, standard: string): Outcome {
  if (op !== 'status') return code === 0 ? 'ok' : 'failed'
  if (code === null) return 'failed'
  if (dialect === 'text') return textSays(standard)
  if (dialect === 'ocf') return code === OCF_RUNNING ? 'running' : code === OCF_STOPPED ? 'stopped' : 'failed'
  if (dialect === 'systemd') return code === 0 ? 'running' : UNIT_STOPPED.includes(code) ? 'stopped' : 'failed'
  // Old init scripts end with 0 whatever they say. To start a service twice is harmless, to believe it runs is not.
  if (code === LSB_RUNNING) return saysNotRunning(standard) ? 'stopped' : 'running'
  return code === LSB_STOPPED ? 'stopped' : textSays(standard)
}
