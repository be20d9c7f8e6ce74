/** The host's syslog, by one datagram a line to /dev/log. */
import type { Level } from '../io.ts'
import { type Entry, type Origin, syslogDatagram } from './format.ts'
import { Trouble } from './trouble.ts'

/** Facility names as logfacility has them, and their numbers. */
export const FACILITIES: Readonly<Record<string, number>> = {
  kern: 0,
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  security: 4,
  syslog: 5,
  lpr: 6,
  news: 7,
  uucp: 8,
  cron: 9,
  authpriv: 10,
  ftp: 11,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
}

const SEVERITIES: Readonly<Record<Level, number>> = { CRIT: 2, ERROR: 3, WARN: 4, notice: 5, info: 6, debug: 7 }

/** Sends one datagram to a unix socket without waiting; false or an exception when it did not go. */
export type SendDatagram = (path: string, bytes: Uint8Array) => boolean

export class Syslog {
  readonly #facility: number
  readonly #send: SendDatagram
  readonly #path: string
  readonly #trouble: Trouble

  /** An unknown facility is taken for daemon. */
  constructor(facility: string, send: SendDatagram, tell: (text: string) => void, path = '/dev/log') {
    this.#facility = FACILITIES[facility] ?? 3
    this.#send = send
    this.#path = path
    this.#trouble = new Trouble(`syslog (${path})`, tell)
  }

  get lost(): number {
    return this.#trouble.lost
  }

  /** Never throws. */
  write(entry: Entry, origin: Origin): void {
    const priority = this.#facility * 8 + SEVERITIES[entry.level]
    try {
      const sent = this.#send(this.#path, Buffer.from(syslogDatagram(entry, origin, priority)))
      if (sent) this.#trouble.worked()
      else this.#trouble.failed('no syslog daemon takes the lines')
    } catch (error) {
      this.#trouble.failed(error instanceof Error ? error.message : String(error))
    }
  }
}
