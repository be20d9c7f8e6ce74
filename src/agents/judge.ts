/** What an exit code and a text say about a resource. Pure. */
import type { Operation, Outcome } from '../io.ts'

/** How a script speaks: heartbeat's own by text, init scripts by LSB codes, the others by their own. */
export type Dialect = 'text' | 'lsb' | 'ocf' | 'systemd'

const LSB_RUNNING = 0
/** Dead with a pid file, dead with a lock file, not running; what is above is unknown. */
const LSB_STOPPED: readonly number[] = [1, 2, 3]
/** `systemctl is-active`: 3 is inactive, failed or on the way; 4 is no such unit. */
const UNIT_STOPPED: readonly number[] = [3, 4]
/** Running, and running as the master of a set. */
const OCF_RUNNING: readonly number[] = [0, 8]
/** Not installed, and not running. */
const OCF_STOPPED: readonly number[] = [5, 7]

/** heartbeat's rule: "not ... running" is stopped, else "running", "Running" or "OK" is running, else stopped. */
export function textSays(text: string): 'running' | 'stopped' {
  if (saysNotRunning(text)) return 'stopped'
  return /[rR]unning|OK/.test(text) ? 'running' : 'stopped'
}

const saysNotRunning = (text: string): boolean => /[nN][oO][tT] .*[rR]unning/s.test(text)

/**
 * The outcome of an operation that ended by itself; code is null when a signal ended it. What a monitor asks is judged
 * by the code alone, where the dialect has codes.
 */
export function judge(
  dialect: Dialect,
  op: Operation,
  code: number | null,
  standard: string,
  monitor = false,
): Outcome {
  if (op !== 'status') return code === 0 ? 'ok' : 'failed'
  if (code === null) return 'failed'
  if (dialect === 'text') return textSays(standard)
  if (dialect === 'ocf') return byCode(code, OCF_RUNNING, OCF_STOPPED)
  if (dialect === 'systemd') return byCode(code, [0], UNIT_STOPPED)
  // Old init scripts end with 0 whatever they say. To start a service twice is harmless, to believe it runs is not.
  if (code === LSB_RUNNING && !monitor && saysNotRunning(standard)) return 'stopped'
  return byCode(code, [LSB_RUNNING], LSB_STOPPED)
}

function byCode(code: number, running: readonly number[], stopped: readonly number[]): Outcome {
  if (running.includes(code)) return 'running'
  return stopped.includes(code) ? 'stopped' : 'failed'
}
