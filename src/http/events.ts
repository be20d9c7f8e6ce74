/** The transitions at /events, the newest last. */

import type { StatusSource } from './source.ts'
import { eventDocument, STATUS_VERSION } from './status.ts'
import type { Times } from './times.ts'

/**
 * Reads the value of ?since=: an RFC 3339 time, or seconds since 1970. Returns seconds since 1970, or null for
 * anything else.
 */
export function parseSince(word: string): number | null {
  if (/^\d{1,12}(\.\d{1,9})?$/.test(word)) return Number(word)
  // In a query an unescaped plus sign arrives as a blank.
  const text = word.replace(' ', '+')
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return null
  const ms = Date.parse(text.toUpperCase())
  return Number.isNaN(ms) ? null : ms / 1000
}

/**
 * The recorded transitions, those of the second `sinceS` included: a second may see more transitions after it has been
 * asked for, and twice is better than never.
 */
export function eventsDocument(source: StatusSource, times: Times, sinceS: number | null) {
  const snapshot = source.snapshot()
  const wanted = snapshot.events.filter((event) => sinceS === null || event.wallS >= Math.floor(sinceS))
  return {
    version: STATUS_VERSION,
    generated: times.now,
    node: snapshot.node,
    events: wanted.map((event) => eventDocument(event, times)),
  }
}
