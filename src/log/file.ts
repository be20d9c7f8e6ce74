/** A log file that is followed when logrotate replaces it, and whose failure never stops anybody. */
import { closeSync, constants, fchownSync, fstatSync, openSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Owner } from './owner.ts'
import { Trouble } from './trouble.ts'

const CHECK_MS = 60_000
// Without O_NONBLOCK a named pipe that nobody reads would hold up the whole daemon.
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY

export interface LogFileOptions {
  /** Whom the file is given to, or null to leave it. */
  readonly owner: Owner | null
  /** Gets one line when writing begins to fail, and one when it works again. */
  readonly tell: (text: string) => void
}

export class LogFile {
  readonly #path: string
  readonly #owner: Owner | null
  readonly #trouble: Trouble
  #fd: number | null = null
  #checkedMs = Number.NEGATIVE_INFINITY
  #why = ''
  #torn = false

  constructor(path: string, options: LogFileOptions) {
    this.#path = path
    this.#owner = options.owner
    this.#trouble = new Trouble(`log file ${path}`, options.tell)
  }

  get lost(): number {
    return this.#trouble.lost
  }

  /** Appends a line (without its end). Monotonic milliseconds decide when the file is looked after. Never throws. */
  write(line: string, nowMs: number): void {
    if (nowMs - this.#checkedMs >= CHECK_MS) this.#lookAfter(nowMs)
    if (this.#fd === null) {
      this.#trouble.failed(this.#why)
      return
    }
    const bytes = Buffer.from(`${this.#torn ? '\n' : ''}${line}\n`)
    try {
      const written = writeSync(this.#fd, bytes)
      // A disk that fills up takes a part of a line; what follows must not be glued to it.
      if (written > 0) this.#torn = written < bytes.length
      if (written < bytes.length) this.#trouble.failed('no space for a whole line')
      else this.#trouble.worked()
    } catch (error) {
      this.#trouble.failed(reason(error, this.#path))
    }
  }

  /** Opens the file anew, as after a rotation. */
  reopen(nowMs: number): void {
    this.close()
    this.#checkedMs = nowMs
    try {
      this.#fd = openSync(this.#path, FLAGS, 0o644)
      if (this.#owner !== null) this.#giveAway(this.#fd, this.#owner)
    } catch (error) {
      this.#why = reason(error, this.#path)
    }
  }

  close(): void {
    if (this.#fd === null) return
    try {
      closeSync(this.#fd)
    } catch {
      // The descriptor is gone either way.
    }
    this.#fd = null
    this.#torn = false
  }

  #lookAfter(nowMs: number): void {
    this.#checkedMs = nowMs
    if (this.#fd === null || this.#replaced(this.#fd)) this.reopen(nowMs)
  }

  #replaced(fd: number): boolean {
    try {
      const [open, named] = [fstatSync(fd), statSync(this.#path)]
      return open.ino !== named.ino || open.dev !== named.dev
    } catch {
      return true
    }
  }

  #giveAway(fd: number, owner: Owner): void {
    try {
      if (fstatSync(fd).isFile()) fchownSync(fd, owner.uid, owner.gid)
    } catch {
      // Without the right to give it away, or on a file system without owners, it is still a log file.
    }
  }
}

function reason(error: unknown, path: string): string {
  const { code, message } = error as { code?: string; message?: string }
  switch (code) {
    case 'ENOENT':
      return `the directory ${dirname(path)} does not exist: create it`
    case 'EACCES':
      return 'permission denied'
    case 'EISDIR':
      return 'is a directory: name a file'
    case 'ENXIO':
      return 'is a pipe that nobody reads'
    case 'EAGAIN':
      return 'its reader does not keep up'
    case 'ENOSPC':
      return 'no space left on the device'
    case 'EDQUOT':
      return 'the disk quota is used up'
    case 'EROFS':
      return 'the file system is read-only'
    default:
      return message ?? String(error)
  }
}
