/** Datagrams to messages and back. A datagram is verified as bytes before any of its fields is looked at. */
import type { KeyRing } from '../config/types.ts'
import { latin1Of } from './bytes.ts'
import { coveredLines, readClassic, scanClassic, START as TEXT_START, writeClassic } from './classic.ts'
import { unpack } from './compressed.ts'
import { assertWritable, isAuth } from './field.ts'
import { budget, limits } from './limits.ts'
import { item, takeItem } from './list.ts'
import { type Field, type Message, text as textField } from './message.ts'
import { readNetstring, START, scanNetstring, writeNetstring } from './netstring.ts'
import { isRefused, type Refused, refused } from './refusal.ts'
import { missing } from './required.ts'
import { sign, verify } from './signature.ts'

/** A message that was signed with a key of the ring (its number: key), or why there is none. */
export type Decoded =
  | { readonly ok: true; readonly message: Message; readonly key: number; readonly form: 'netstring' | 'classic' }
  | Refused

interface Verified {
  readonly key: number
  readonly message: Message | Refused
}

/**
 * Read a datagram: authentic, within all bounds, and with src, ts, t and seq as a cluster message must have them. Bytes
 * after the signature are ignored, as heartbeat does. Never throws.
 */
export function decode(datagram: Uint8Array, keys: KeyRing): Decoded {
  if (datagram.length > limits.datagramBytesMax) {
    return refused('too-long', `${datagram.length} bytes; a datagram has at most ${limits.datagramBytesMax}`)
  }
  const text = latin1Of(datagram)
  const form = text.startsWith(START) ? 'netstring' : text.startsWith(TEXT_START) ? 'classic' : null
  if (form === null) return refused('not-heartbeat', 'it begins with neither ### nor >>>')
  const found = form === 'netstring' ? openNetstring(text, datagram, keys) : openClassic(text, keys)
  if (isRefused(found)) return found
  if (isRefused(found.message)) return found.message
  const message = unpack(found.message)
  if (isRefused(message)) return message
  return missing(message) ?? { ok: true, message, key: found.key, form }
}

function openNetstring(text: string, datagram: Uint8Array, keys: KeyRing): Verified | Refused {
  const scan = scanNetstring(text)
  if (isRefused(scan)) return scan
  if (scan.end >= text.length || text[scan.end] === '\0') return refused('unsigned', 'nothing follows the end mark')
  const span = takeItem(text, scan.end)
  if (isRefused(span)) return span
  const verified = verify(text.slice(span.start, span.end), datagram.subarray(0, scan.end), keys)
  return isRefused(verified) ? verified : { key: verified.key, message: readNetstring(text, scan, budget()) }
}

function openClassic(text: string, keys: KeyRing): Verified | Refused {
  const lines = scanClassic(text)
  if (isRefused(lines)) return lines
  let signature: string | null = null
  let covered = ''
  for (const { start, end } of lines) {
    if (!text.startsWith('auth=', start)) covered += text.slice(start, end + 1)
    else if (signature === null) signature = text.slice(start + 5, end)
    else return refused('malformed', 'there is more than one auth')
  }
  if (signature === null) return refused('unsigned', 'there is no auth')
  const verified = verify(signature, covered, keys)
  return isRefused(verified) ? verified : { key: verified.key, message: readClassic(text, lines, budget()) }
}

/**
 * A datagram in netstring form, signed with the ring's own key. With innerAuth (heartbeat's msgfmt classic) it holds the
 * field auth, in its place if the message has one already, else last; without, it holds none.
 * @throws RangeError for a message that cannot be written, is too long, or cannot be signed.
 */
export function encode(message: Message, keys: KeyRing, options: { readonly innerAuth: boolean }): Uint8Array {
  assertWritable(message, budget())
  const fields = options.innerAuth ? withAuth(message.fields, keys) : message.fields.filter((field) => !isAuth(field))
  const body = writeNetstring(fields)
  return bounded(body + item(sign(body, keys)), limits.datagramBytesMax)
}

/**
 * A message in text form: signed by its field auth for a serial line, unsigned (keys: null) for the FIFO and the API
 * socket, which ends each message with a NUL.
 * @throws RangeError for a message that cannot be written in this form, is too long, or cannot be signed.
 */
export function encodeClassic(message: Message, keys: KeyRing | null, options?: { readonly nul: boolean }): Uint8Array {
  assertWritable(message, budget())
  const text = writeClassic(keys ? { fields: withAuth(message.fields, keys) } : message)
  return bounded(options?.nul ? `${text}\0` : text, limits.messageBytesMax)
}

/** Read a message in text form from the FIFO or the API socket: no signature is asked for. Never throws. */
export function decodeClassicUnsigned(bytes: Uint8Array): { readonly ok: true; readonly message: Message } | Refused {
  if (bytes.length > limits.messageBytesMax) {
    return refused('too-long', `${bytes.length} bytes; a message has at most ${limits.messageBytesMax}`)
  }
  const text = latin1Of(bytes)
  if (!text.startsWith(TEXT_START)) return refused('not-heartbeat', 'it does not begin with >>>')
  const lines = scanClassic(text)
  if (isRefused(lines)) return lines
  const message = readClassic(text, lines, budget())
  return isRefused(message) ? message : { ok: true, message }
}

/** The fields with auth in its place: there is one, and it covers the text form of all others. */
function withAuth(fields: readonly Field[], keys: KeyRing): readonly Field[] {
  const auth = textField('auth', sign(coveredLines(fields), keys))
  const place = fields.findIndex(isAuth)
  if (place < 0) return [...fields, auth]
  return fields
    .filter((field, index) => index === place || !isAuth(field))
    .map((field) => (isAuth(field) ? auth : field))
}

function bounded(text: string, bytesMax: number): Uint8Array {
  if (text.length > bytesMax) throw new RangeError(`a message of ${text.length} bytes; at most ${bytesMax} can be sent`)
  return Buffer.from(text, 'latin1')
}
