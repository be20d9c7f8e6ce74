import { describe, expect, test } from 'bun:test'
import { createCalendar, duration, rfc3339, secondsOf } from '../../src/http/times.ts'

describe('the calendar', () => {
  const wallMs = Date.UTC(2026, 0, 31, 12)

  test('turns a monotonic moment into a date and a distance', () => {
    const times = createCalendar()({ ms: 100_000, wallMs })
    expect(times.since(40_000)).toEqual({ at: '2026-01-31T11:59:00.000Z', secondsAgo: 60 })
    expect(times.sinceOrNull(null)).toBeNull()
    expect(times.now).toBe('2026-01-31T12:00:00.000Z')
  })

  test('says the same of the past although the clocks drift apart', () => {
    const calendar = createCalendar()
    const first = calendar({ ms: 100_000, wallMs }).since(50_000)
    const later = calendar({ ms: 110_000, wallMs: wallMs + 10_400 }).since(50_000)
    expect(later).toEqual({ at: first.at, secondsAgo: 60 })
  })

  test('follows a wall clock that was stepped; distances do not change', () => {
    const calendar = createCalendar()
    calendar({ ms: 100_000, wallMs })
    const stepped = calendar({ ms: 101_000, wallMs: wallMs + 3_601_000 }).since(91_000)
    expect(stepped).toEqual({ at: '2026-01-31T12:59:51.000Z', secondsAgo: 10 })
  })

  test('never looks into the future', () => {
    expect(createCalendar()({ ms: 0, wallMs }).since(5000).secondsAgo).toBe(0)
  })

  test('of an event it keeps the date that was written down', () => {
    const recorded = createCalendar()({ ms: 100_000, wallMs }).recorded(40_000, 1_000_000_000)
    expect(recorded).toEqual({ at: '2001-09-09T01:46:40.000Z', secondsAgo: 60 })
  })
})

test.each([Number.NaN, 1e300, Number.POSITIVE_INFINITY])('%p has no date and throws nothing', (ms) => {
  expect(rfc3339(ms)).toBe('1970-01-01T00:00:00.000Z')
})

test.each([
  [0, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
  [7205, '2 h'],
  [360_000, '4 d 4 h'],
  [-4, '0 s'],
])('%p seconds are %s', (seconds, words) => expect(duration(seconds)).toBe(words))

test('a length in seconds carries no noise', () => {
  expect([1.5, 4.1750189999, 0.418466, 0].map(secondsOf)).toEqual([0.0015, 0.004175, 0.000418, 0])
})
