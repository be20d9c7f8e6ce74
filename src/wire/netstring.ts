/** The netstring form, which UDP and ICMP carry: ###, one item a field, %%%. */
import { bytesOf, isText, latin1Of } from './bytes.ts'
import { isName } from './field.ts'
import { type Budget, limits } from './limits.ts'
import { item, readList, type Span, takeItem, writeList } from './list.ts'
import type { Field, Message } from './message.ts'
import { isRefused, type Refused, refused } from './refusal.ts'

export const START = '###\n'
const END = '%%%\n'

/** Where the fields of a message lie, and where it ends (after its end mark). */
export interface Scan {
  readonly spans: readonly Span[]
  readonly end: number
}

/** Find the fields by marks and lengths alone, without a look at what they hold. The text begins with the start mark. */
export function scanNetstring(text: string): Scan | Refused {
  const spans: Span[] = []
  let at = START.length
  while (!text.startsWith(END, at)) {
    if (spans.length >= limits.fieldsMax) return refused('malformed', `more than ${limits.fieldsMax} fields`)
    const span = takeItem(text, at)
    if (isRefused(span)) return span
    spans.push(span)
    at = span.end + 1
  }
  return { spans, end: at + END.length }
}

/** Read the fields that a scan of the same text found. */
export function readNetstring(text: string, scan: Scan, left: Budget, depth = 0): Message | Refused {
  left.fields -= scan.spans.length
  if (left.fields < 0) return refused('malformed', `more than ${limits.fieldsMax} fields`)
  const fields: Field[] = []
  for (const { start, end } of scan.spans) {
    const equals = text.indexOf('=', start)
    if (text[start] !== '(' || text[start + 2] !== ')' || equals < 0 || equals >= end) {
      return refused('malformed', `the field at byte ${start} is not (type)name=value`)
    }
    const name = text.slice(start + 3, equals)
    if (!isName(name)) return refused('malformed', `the field at byte ${start} has an impossible name`)
    const field = readField(text.charCodeAt(start + 1) - 48, name, text.slice(equals + 1, end), left, depth)
    if (isRefused(field)) return field
    fields.push(field)
  }
  return { fields }
}

function readField(type: number, name: string, value: string, left: Budget, depth: number): Field | Refused {
  switch (type) {
    case 0:
      return isText(value) ? { type, name, value } : refused('malformed', `text field ${name} holds a NUL`)
    case 1:
    case 4:
      return { type, name, value: bytesOf(value) }
    case 2: {
      const inner = readNested(value, left, depth + 1)
      return isRefused(inner) ? inner : { type, name, value: inner }
    }
    case 3: {
      const items = readList(value, left)
      return isRefused(items) ? items : { type, name, value: items }
    }
    default:
      return refused('malformed', `field ${name} has an unknown type`)
  }
}

function readNested(value: string, left: Budget, depth: number): Message | Refused {
  if (depth > limits.depthMax) return refused('malformed', `nested more than ${limits.depthMax} deep`)
  if (!value.startsWith(START)) return refused('malformed', 'a nested message has no start mark')
  const scan = scanNetstring(value)
  if (isRefused(scan)) return scan
  if (scan.end !== value.length) return refused('malformed', 'a nested message ends before its field does')
  return readNetstring(value, scan, left, depth)
}

/** Write a message, marks included, without signature. The fields must be writable (field.ts). */
export function writeNetstring(fields: readonly Field[]): string {
  let text = START
  for (const field of fields) text += item(`(${field.type})${field.name}=${writeValue(field)}`)
  return text + END
}

function writeValue(field: Field): string {
  switch (field.type) {
    case 0:
      return field.value
    case 2:
      return writeNetstring(field.value.fields)
    case 3:
      return writeList(field.value)
    default:
      return latin1Of(field.value)
  }
}
