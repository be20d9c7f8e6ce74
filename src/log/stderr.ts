/** Standard error, written so that a reader who has stopped reading cannot stop the daemon. */
import { closeSync, constants, openSync, writeSync } from 'node:fs'

export interface ErrorStream {
  /** Lines that could not be written. */
  readonly lost: number
  /** Writes a line (without its end). Never throws. */
  write(line: string): void
  close(): void
}

/** The standard error of this process, or whatever descriptor is given. */
export function openStderr(descriptor = 2): ErrorStream {
  const own = openAgain(descriptor)
  const fd = own ?? descriptor
  let lost = 0
  return {
    get lost() {
      return lost
    },
    write(line) {
      try {
        const bytes = Buffer.from(`${line}\n`)
        if (writeSync(fd, bytes) < bytes.length) lost++
      } catch {
        lost++
      }
    },
    close() {
      if (own !== null) closeSync(own)
    },
  }
}

/**
 * O_NONBLOCK set on descriptor 2 itself would also change it for the shell and everybody else who shares it; opening it
 * once more gives one that is ours alone. A socket cannot be opened that way and is used as it is.
 */
function openAgain(descriptor: number): number | null {
  try {
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK | constants.O_NOCTTY
    return openSync(`/proc/self/fd/${descriptor}`, flags)
  } catch {
    return null
  }
}
