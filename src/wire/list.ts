/** Netstring items, "<length>:<content>,": what lists, netstring messages and signatures are made of. */
import { isText } from './bytes.ts'
import { type Budget, limits } from './limits.ts'
import { isRefused, type Refused, refused } from './refusal.ts'

/** Where an item's content lies in a text. */
export interface Span {
  readonly start: number
  readonly end: number
}

const DIGITS_MAX = 7

/** An item. */
export const item = (content: string): string => `${content.length}:${content},`

/** Find the item at a place; only its length and its comma are looked at. The next one is at end + 1. */
export function takeItem(text: string, at: number): Span | Refused {
  let length = 0
  let colon = at
  for (; colon < at + DIGITS_MAX; colon++) {
    const digit = text.charCodeAt(colon) - 48
    if (!(digit >= 0 && digit <= 9)) break
    length = length * 10 + digit
  }
  const padded = colon - at > 1 && text[at] === '0'
  if (colon === at || padded || text[colon] !== ':') return refused('malformed', `there is no length at byte ${at}`)
  const end = colon + 1 + length
  if (text[end] !== ',') return refused('malformed', `the item at byte ${at} does not end in a comma at byte ${end}`)
  return { start: colon + 1, end }
}

/** Read a list's value. */
export function readList(value: string, left: Budget): readonly string[] | Refused {
  const items: string[] = []
  for (let at = 0; at < value.length; ) {
    if (--left.items < 0) return refused('malformed', `more than ${limits.itemsMax} list items`)
    const span = takeItem(value, at)
    if (isRefused(span)) return span
    const content = value.slice(span.start, span.end)
    if (!isText(content)) return refused('malformed', 'a list item holds a NUL')
    items.push(content)
    at = span.end + 1
  }
  return items
}

/** Write a list's value. */
export const writeList = (items: readonly string[]): string => items.map(item).join('')
