/** heartbeat's FIFO: the file, and the reading of it without ever waiting. */
import { chmodSync, closeSync, constants, lstatSync, openSync } from 'node:fs'
import { adoptDescriptor, keepOverExec } from '../linux/descriptors.ts'
import { errno, SystemError } from '../linux/libc.ts'
import { bindLibc, type Functions } from '../runtime/ffi.ts'
import { type FifoFind, FifoText } from './fifo-text.ts'

/** Scripts do not wait for the daemon, and each look wakes the whole engine: four a second are soon enough. */
const LOOK_MS = 250
const EINTR = 4
const EAGAIN = 11
const BYTES_A_LOOK_MAX = 64 * 1024

export interface Fifo {
  /** For the program that takes this one's place: nothing that was written is lost in between. */
  handOver(): OpenFifo
  close(): void
}

/** A FIFO that is open, and what was read of a message that is not all there yet. */
export interface OpenFifo {
  readonly fd: number
  readonly begun: string
}

/**
 * Makes the FIFO, for root alone, if it is not there, and reads it; earlier is what the program before this one has left
 * open. Throws an Error that says what is in the way.
 */
export function openFifo(path: string, found: (find: FifoFind) => void, earlier: OpenFifo | null = null): Fifo {
  const adopted = earlier !== null && adoptDescriptor(earlier.fd) ? earlier : null
  if (adopted === null) make(path)
  // For writing too: a reader alone would see an end whenever the last writer has gone.
  const fd = adopted?.fd ?? openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  const text = new FifoText(adopted?.begun)
  const buffer = new Uint8Array(8192)
  const look = () => {
    for (let taken = 0; taken < BYTES_A_LOOK_MAX; ) {
      const length = read(fd, buffer)
      if (length <= 0) return
      taken += length
      for (const find of text.add(buffer.subarray(0, length))) found(find)
    }
  }
  const timer = setInterval(() => {
    try {
      look()
    } catch (error) {
      clearInterval(timer)
      found({ problem: `${path} is read no longer: ${error instanceof Error ? error.message : error}` })
    }
  }, LOOK_MS)
  return {
    handOver() {
      keepOverExec(fd)
      return { fd, begun: text.begun() }
    },
    close() {
      clearInterval(timer)
      closeSync(fd)
    },
  }
}

const table = {
  mkfifo: { args: ['buffer', 'u32'], returns: 'i32' },
  read: { args: ['i32', 'buffer', 'u64'], returns: 'i64' },
} as const
let bound: Functions<typeof table> | undefined

function libc(): Functions<typeof table> {
  bound ??= bindLibc(table)
  return bound
}

function make(path: string): void {
  const before = lstatSync(path, { throwIfNoEntry: false })
  if (before === undefined) {
    const made = libc().mkfifo(new TextEncoder().encode(`${path}\0`), 0o600)
    if (made !== 0) throw new Error(`${path} cannot be made`)
  }
  const now = lstatSync(path)
  if (!now.isFIFO()) throw new Error(`${path} exists and is not a FIFO`)
  if (now.uid !== (process.getuid?.() ?? 0)) throw new Error(`${path} belongs to user ${now.uid}: remove it`)
  if ((now.mode & 0o777) !== 0o600) chmodSync(path, 0o600)
}

/** By the C library: the runtime's own read throws an Error with a stack for each look that finds nothing. */
function read(fd: number, buffer: Uint8Array): number {
  const length = Number(libc().read(fd, buffer, buffer.length))
  if (length >= 0) return length
  const number = errno()
  if (number === EAGAIN || number === EINTR) return 0
  throw new SystemError('reading', number)
}
