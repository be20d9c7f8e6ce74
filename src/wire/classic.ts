/** The text form ("classic"): >>>, one line a field, <<<. The FIFO, the API socket, serial lines and old peers use it. */
import { base64Of, isText } from './bytes.ts'
import { isAuth, isName } from './field.ts'
import { type Budget, limits } from './limits.ts'
import { readList, type Span, writeList } from './list.ts'
import type { Field, Message } from './message.ts'
import { isRefused, type Refused, refused } from './refusal.ts'

export const START = '>>>\n'
const END = '<<<'
/** Stands for a newline within a text. */
const NEWLINE = '\x13'
/** Stands for the newlines of a nested message: one byte for each depth. */
const NEWLINES = [...'\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x0f\x10\x11\x12']
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Find the lines up to the end mark; empty ones are left out. The text begins with the start mark. */
export function scanClassic(text: string): readonly Span[] | Refused {
  const lines: Span[] = []
  for (let at = START.length; ; ) {
    const end = text.indexOf('\n', at)
    if (end < 0) return refused('malformed', 'there is no end mark')
    if (end - at === END.length && text.startsWith(END, at)) return lines
    if (end > at) {
      if (lines.length >= limits.fieldsMax) return refused('malformed', `more than ${limits.fieldsMax} fields`)
      lines.push({ start: at, end })
    }
    at = end + 1
  }
}

/** Read the fields that a scan of the same text found. */
export function readClassic(text: string, lines: readonly Span[], left: Budget, depth = 0): Message | Refused {
  left.fields -= lines.length
  if (left.fields < 0) return refused('malformed', `more than ${limits.fieldsMax} fields`)
  const fields: Field[] = []
  for (const { start, end } of lines) {
    const typed = text[start] === '('
    const equals = text.indexOf('=', start)
    if (equals < 0 || equals >= end || (typed && text[start + 2] !== ')')) {
      return refused('malformed', `the line at byte ${start} is not name=value or (type)name=value`)
    }
    const name = text.slice(typed ? start + 3 : start, equals)
    if (!isName(name)) return refused('malformed', `the line at byte ${start} has an impossible name`)
    const type = typed ? text.charCodeAt(start + 1) - 48 : 0
    const field = readField(type, name, text.slice(equals + 1, end), left, depth)
    if (isRefused(field)) return field
    fields.push(field)
  }
  return { fields }
}

function readField(type: number, name: string, value: string, left: Budget, depth: number): Field | Refused {
  switch (type) {
    case 0:
      if (!isText(value)) return refused('malformed', `text field ${name} holds a NUL`)
      return { type, name, value: value.replaceAll(NEWLINE, '\n') }
    case 1:
    case 4:
      if (value.length % 4 !== 0 || !BASE64.test(value)) return refused('malformed', `field ${name} is not base64`)
      return { type, name, value: new Uint8Array(Buffer.from(value, 'base64')) }
    case 2: {
      const inner = readNested(value, left, depth)
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
  const newline = NEWLINES[depth]
  if (newline === undefined) return refused('malformed', `nested more than ${limits.depthMax} deep`)
  const text = value.replaceAll(newline, '\n')
  if (!text.startsWith(START)) return refused('malformed', 'a nested message has no start mark')
  const lines = scanClassic(text)
  return isRefused(lines) ? lines : readClassic(text, lines, left, depth + 1)
}

/** The lines of all fields but auth, which is what the digest in auth covers. */
export function coveredLines(fields: readonly Field[]): string {
  let text = ''
  for (const field of fields) if (!isAuth(field)) text += lineOf(field, 0)
  return text
}

/**
 * Write a message, marks included. A text's byte 0x13 will be read as a newline: the form has no other way.
 * @throws RangeError if a list item or a nested message holds a byte that the form uses itself.
 */
export function writeClassic(message: Message): string {
  assertSayable(message, 0)
  return lines(message, 0)
}

const lines = (message: Message, depth: number): string =>
  `${START}${message.fields.map((field) => lineOf(field, depth)).join('')}${END}\n`

function lineOf(field: Field, depth: number): string {
  const { type, name } = field
  switch (type) {
    case 0:
      return `${name}=${field.value.includes('\n') ? field.value.replaceAll('\n', NEWLINE) : field.value}\n`
    case 2:
      return `(2)${name}=${lines(field.value, depth + 1).replaceAll('\n', NEWLINES[depth] ?? '\n')}\n`
    case 3:
      return `(3)${name}=${writeList(field.value)}\n`
    default:
      return `(${type})${name}=${base64Of(field.value)}\n`
  }
}

function assertSayable(message: Message, depth: number): void {
  const taken = ['\n', ...NEWLINES.slice(0, depth)]
  const clash = (value: string, bytes: readonly string[]) => bytes.some((byte) => value.includes(byte))
  for (const { type, name, value } of message.fields) {
    if (type === 2) assertSayable(value, depth + 1)
    else if (type === 0 ? clash(value, taken.slice(1)) : type === 3 && value.some((text) => clash(text, taken))) {
      throw new RangeError(`field ${name} holds a byte that the text form uses for newlines`)
    }
  }
}
