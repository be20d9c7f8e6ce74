/**
 * The local time as the C library tells it (TZ, /etc/localtime). The engine's own Date would do too, but the first
 * question for a local hour loads its calendars and zones: 1 MB of memory for the time in front of a log line.
 */
import { bindLibc, type Functions } from './ffi.ts'

/** month: 0 to 11. */
export interface LocalTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hours: number
  readonly minutes: number
  readonly seconds: number
}

const table = { localtime_r: { args: ['buffer', 'buffer'], returns: 'pointer' } } as const
let bound: Functions<typeof table> | null | undefined
const second = new BigInt64Array(1)
/** struct tm: seconds, minutes, hours, day, month, years since 1900, and more that nobody asks for. */
const fields = new Int32Array(16)

/** The local time of a moment in milliseconds since 1970; by the engine's clock where there is no C library. */
export function localTime(wallMs: number): LocalTime {
  if (bound === undefined) bound = bind()
  second[0] = BigInt(Math.floor(wallMs / 1000))
  if (bound === null || !bound.localtime_r(second, fields)) return byEngine(new Date(wallMs))
  const [seconds = 0, minutes = 0, hours = 0, day = 0, month = 0, years = 0] = fields
  return { year: 1900 + years, month, day, hours, minutes, seconds }
}

function bind(): Functions<typeof table> | null {
  try {
    return bindLibc(table)
  } catch {
    return null
  }
}

const byEngine = (date: Date): LocalTime => ({
  year: date.getFullYear(),
  month: date.getMonth(),
  day: date.getDate(),
  hours: date.getHours(),
  minutes: date.getMinutes(),
  seconds: date.getSeconds(),
})
