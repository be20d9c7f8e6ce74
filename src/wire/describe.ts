/** A message in a line for the log. */
import { type Field, get, type Message } from './message.ts'

const FIRST = ['src', 'dest', 'seq']
/** Known to everybody or of no use to a reader; auth is a digest, which is nobody's business. */
const LEFT_OUT = new Set(['t', ...FIRST, 'auth', 'srcuuid', 'destuuid', 'ld', 'ttl', 'protocol'])
const VALUE_MAX = 40
const LINE_MAX = 240

/**
 * One short line of printable ASCII: type, sender, addressee, number, then the message's own fields.
 *
 *     status src=node1 seq=1f st=active dt=bb8 hg=65a1b2c3 ts=65a1b3ff
 */
export function describe(message: Message): string {
  const words = [printable(get(message, 't') ?? '?')]
  for (const name of FIRST) {
    const value = get(message, name)
    if (value !== undefined) words.push(`${name}=${printable(value)}`)
  }
  for (const field of message.fields)
    if (!LEFT_OUT.has(field.name)) words.push(`${printable(field.name)}=${short(field)}`)
  const line = words.join(' ')
  return line.length > LINE_MAX ? `${line.slice(0, LINE_MAX - 3)}...` : line
}

function short(field: Field): string {
  switch (field.type) {
    case 0:
      return printable(field.value)
    case 2:
      return `{${field.value.fields.length} fields}`
    case 3:
      return `[${field.value.length} items]`
    default:
      return `<${field.value.length} bytes>`
  }
}

/** What would break a log line or drive a terminal becomes "?"; a value with blanks stands in quotes. */
function printable(value: string): string {
  const clean = value.replace(/[^\x20-\x7e]/g, '?')
  const cut = clean.length > VALUE_MAX ? `${clean.slice(0, VALUE_MAX - 3)}...` : clean
  return cut.includes(' ') ? `"${cut}"` : cut
}
