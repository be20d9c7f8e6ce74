import { describe, expect, test } from 'bun:test'
import { eventsDocument, parseSince } from '../../src/http/events.ts'
import { createCalendar } from '../../src/http/times.ts'
import { event, source, WALL_MS } from './fixture.ts'

const nowS = WALL_MS / 1000

test.each([
  ['0', 0],
  [String(nowS), nowS],
  ['1769860800.5', 1769860800.5],
  ['2026-01-31T12:00:00Z', nowS],
  ['2026-01-31t12:00:00.250z', nowS + 0.25],
  ['2026-01-31T13:00:00+01:00', nowS],
  ['2026-01-31T13:00:00 01:00', nowS],
])('since=%s', (word, seconds) => expect(parseSince(word)).toBe(seconds))

test.each(['', 'yesterday', '-5', '1e3', '2026-01-31', '2026-01-31T12:00:00', '2026-13-31T12:00:00Z', '9'.repeat(400)])(
  'since=%s is no time',
  (word) => expect(parseSince(word)).toBeNull(),
)

describe('/events', () => {
  const from = source({ snapshot: { events: [event(30), event(20), event(10)] } })
  const ask = (sinceS: number | null) => {
    const document = eventsDocument(from, createCalendar()(from.clock()), sinceS)
    return document.events.map((e) => e.secondsAgo)
  }

  test('shows all that is recorded, the newest last', () => expect(ask(null)).toEqual([30, 20, 10]))
  test('shows those since a moment, its own second included', () => expect(ask(nowS - 20)).toEqual([20, 10]))
  test('a fraction of a second does not lose its second', () => expect(ask(nowS - 19.5)).toEqual([20, 10]))
  test('shows none since now', () => expect(ask(nowS)).toEqual([]))
})
