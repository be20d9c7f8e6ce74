import { localTime } from '../../src/runtime/local-time.ts'

/** The milliseconds since 1970 of a local time in 2026, whatever the zone of this machine. month: 0 to 11. */
export function local(month: number, day: number, hours = 0, minutes = 0, seconds = 0): number {
  const asUtc = Date.UTC(2026, month, day, hours, minutes, seconds)
  const t = localTime(asUtc)
  return 2 * asUtc - Date.UTC(t.year, t.month, t.day, t.hours, t.minutes, t.seconds)
}
