/** What a verb may touch of the outside: its two streams and its environment. Tests hand in their own. */
import { writeSync } from 'node:fs'

export interface Io {
  /** Text for standard output, with its line ends. */
  out(text: string): void
  /** Text for standard error, with its line ends. */
  err(text: string): void
  readonly env: Readonly<Record<string, string | undefined>>
}

/** A verb: its arguments without the verb itself; the exit code (exit.ts) when it is done. */
export type RunVerb = (argv: string[], io: Io) => Promise<number>

/**
 * The streams of this process. Writing is synchronous, so that nothing is lost when the process exits right after;
 * a reader that has gone away (`hb status | head -1`) is no error, and the rest is dropped.
 */
export function processIo(): Io {
  return { out: writer(1), err: writer(2), env: process.env }
}

function writer(fd: number): (text: string) => void {
  let gone = false
  return (text) => {
    let rest = Buffer.from(text)
    while (!gone && rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(fd, rest))
      } catch (error) {
        // A pipe that somebody else made non-blocking is only full: wait for its reader as a blocking one would.
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') pause(5)
        else gone = true
      }
    }
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
