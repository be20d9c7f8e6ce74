/** Lines as heartbeat writes them, which other people's monitoring reads. Times are local. */
import type { Level } from '../io.ts'
import { type LocalTime, localTime } from '../runtime/local-time.ts'

export interface Entry {
  readonly level: Level
  readonly text: string
  /** Milliseconds since 1970. */
  readonly wallMs: number
  /** The name in front of the line: 'heartbeat', or the helper that speaks. */
  readonly program: string
}

export interface Origin {
  /** The node's name. */
  readonly node: string
  readonly pid: number
}

export const TEXT_CHARACTERS_MAX = 4000

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

const two = (n: number) => String(n).padStart(2, '0')
const clock = (time: LocalTime) => `${two(time.hours)}:${two(time.minutes)}:${two(time.seconds)}`

/** With syslogmsgfmt on: `Jan 05 09:08:07 alpha heartbeat: [123]: info: text`. */
export function syslogStyleLine({ level, text, wallMs, program }: Entry, { node, pid }: Origin): string {
  const time = localTime(wallMs)
  const stamp = `${MONTHS[time.month]} ${two(time.day)} ${clock(time)}`
  return `${stamp} ${node} ${program}: [${pid}]: ${level}: ${oneLine(text)}`
}

/** With syslogmsgfmt off, and on a terminal: `heartbeat[123]: 2026/01/05_09:08:07 info: text`. */
export function plainLine({ level, text, wallMs, program }: Entry, { pid }: Origin): string {
  const time = localTime(wallMs)
  const day = `${time.year}/${two(time.month + 1)}/${two(time.day)}`
  return `${program}[${pid}]: ${day}_${clock(time)} ${level}: ${oneLine(text)}`
}

/** What goes to the syslog socket: priority, time with a blank-padded day, and the text after pid and level. */
export function syslogDatagram(entry: Entry, { pid }: Origin, priority: number): string {
  const time = localTime(entry.wallMs)
  const stamp = `${MONTHS[time.month]} ${String(time.day).padStart(2)} ${clock(time)}`
  return `<${priority}>${stamp} ${entry.program}: [${pid}]: ${entry.level}: ${oneLine(entry.text)}`
}

/**
 * One line of bounded length: what peers and scripts say must not be able to forge a line or drive a terminal. Control
 * characters are shown as \n, \t or \x1b; the end of a long text as '... (n more)'.
 */
export function oneLine(text: string): string {
  const cut = text.length > TEXT_CHARACTERS_MAX
  const kept = cut ? text.slice(0, TEXT_CHARACTERS_MAX) : text
  const clean = kept.replace(CONTROL, (c) => NAMED[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return cut ? `${clean}... (${text.length - TEXT_CHARACTERS_MAX} more)` : clean
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g
const NAMED: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
