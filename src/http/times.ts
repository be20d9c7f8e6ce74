/** From the daemon's monotonic milliseconds to times for people and programs. */
import type { ClockReading } from './source.ts'

/** A moment: RFC 3339 in UTC, and how long ago by the monotonic clock (never negative). */
export interface Since {
  readonly at: string
  readonly secondsAgo: number
}

/** The times of one answer, all taken against the same reading of the clocks. */
export interface Times {
  /** RFC 3339 now. */
  readonly now: string
  /** Milliseconds since 1970 of a monotonic time. */
  wallMs(ms: number): number
  since(ms: number): Since
  sinceOrNull(ms: number | null): Since | null
  /** Of a moment whose wall-clock second was written down when it happened. */
  recorded(ms: number, wallS: number): Since
}

const STEP_MS = 1000
const DATE_MAX_MS = 8.64e15

/**
 * Answers one question after another about the same past with the same words: the distance between the two clocks is
 * kept until the wall clock has been stepped by more than a second, so that a past moment does not wander by a few
 * milliseconds from one scrape to the next.
 */
export function createCalendar(): (clock: ClockReading) => Times {
  let offsetMs: number | null = null
  return ({ ms: nowMs, wallMs: wallNowMs }) => {
    const measured = wallNowMs - nowMs
    if (offsetMs === null || Math.abs(measured - offsetMs) > STEP_MS) offsetMs = measured
    const offset = offsetMs
    const agoOf = (ms: number) => Math.max(0, Math.round(nowMs - ms)) / 1000
    const wallMs = (ms: number) => Math.round(ms + offset)
    const since = (ms: number) => ({ at: rfc3339(wallMs(ms)), secondsAgo: agoOf(ms) })
    return {
      now: rfc3339(wallNowMs),
      wallMs,
      since,
      sinceOrNull: (ms) => (ms === null ? null : since(ms)),
      recorded: (ms, wallS) => ({ at: rfc3339(wallS * 1000), secondsAgo: agoOf(ms) }),
    }
  }
}

/** Milliseconds since 1970 as RFC 3339 in UTC; a value no calendar has becomes 1970. */
export function rfc3339(wallMs: number): string {
  return new Date(Math.abs(wallMs) <= DATE_MAX_MS ? wallMs : 0).toISOString()
}

const UNITS: readonly [number, string][] = [
  [86400, 'd'],
  [3600, 'h'],
  [60, 'min'],
]

/** Milliseconds as seconds, to the microsecond: what a clock says beyond that is noise. */
export const secondsOf = (ms: number): number => Math.round(ms * 1000) / 1e6

/** A length of time in its two largest units: '8 s', '3 min 20 s', '2 h 5 min', '4 d 3 h'. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  for (const [index, [size, name]] of UNITS.entries()) {
    if (whole < size) continue
    const [nextSize, nextName] = UNITS[index + 1] ?? [1, 's']
    const rest = Math.floor((whole % size) / nextSize)
    return `${Math.floor(whole / size)} ${name}${rest > 0 ? ` ${rest} ${nextName}` : ''}`
  }
  return `${whole} s`
}
