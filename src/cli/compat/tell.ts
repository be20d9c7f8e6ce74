/** A message into heartbeat's FIFO, as heartbeat's own scripts write it, but without waiting for a reader. */
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { Exit, type ExitCode } from '../exit.ts'

export const FIFO = '/var/lib/heartbeat/fifo'

export interface Untold {
  readonly exit: ExitCode
  /** For people, behind the path of the FIFO. */
  readonly why: string
}

/** fields: as `name=value`. Gives null when the daemon that reads the FIFO has it. */
export function tell(fifo: string, fields: readonly string[]): Untold | null {
  try {
    // heartbeat's scripts wait for ever where no daemon reads.
    const fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK)
    try {
      writeSync(fd, ['>>>', ...fields, '<<<', ''].join('\n'))
    } finally {
      closeSync(fd)
    }
    return null
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENXIO') return { exit: Exit.notRunning, why: 'no daemon reads it' }
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return {
        exit: Exit.notRunning,
        why: 'it is not there: no daemon runs here, or `fifo off` stands in hb.cf',
      }
    }
    const forbidden = code === 'EACCES' || code === 'EPERM'
    return forbidden
      ? { exit: Exit.notPermitted, why: 'not permitted: this needs root' }
      : { exit: Exit.failed, why: message }
  }
}
