/** Datagrams: from somebody without the key, from somebody with it, and unsigned text. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { decode, decodeClassicUnsigned, encode, encodeClassic } from '../../src/wire/codec.ts'
import { refusals } from '../../src/wire/refusal.ts'
import { latin1, signedBody, signedLines } from '../wire/example.ts'
import { md5Ring, sha1Ring } from '../wire/keys.ts'
import { fuzz, LONG_MS } from './fuzz.ts'
import { Mutator } from './mutate.ts'
import { messages, words } from './specimens.ts'

setDefaultTimeout(LONG_MS)

const RUNS = 30_000
const BYTES_MAX = 8192
const string = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const netstrings = messages.map((m) => string(encode(m, sha1Ring, { innerAuth: true })))
const classics = messages.map((m) => string(encodeClassic(m, sha1Ring)))
const unsigned = messages.map((m) => string(encodeClassic(m, null)))

/** The lines that a signature in text form covers; empty ones say nothing. */
const withoutAuth = (text: string) => text.replace(/^auth=.*\n/m, '').replace(/\n+/g, '\n')
/** What the holder of the key has signed: nothing else may ever be believed. */
const signed = [...netstrings.map((t) => t.slice(0, t.lastIndexOf('%%%\n') + 4)), ...classics.map(withoutAuth)]

test('nobody without the key is believed', () => {
  const mutator = new Mutator([...netstrings, ...classics], words, BYTES_MAX)
  let believed = 0
  fuzz('wire, without the key', mutator.inputs, RUNS, (text) => {
    for (const ring of [sha1Ring, md5Ring]) {
      const decoded = decode(latin1(text), ring)
      if (!decoded.ok) {
        if (!refusals.includes(decoded.reason)) throw new Error(`refused for ${decoded.reason}`)
        continue
      }
      believed++
      const bare = decoded.form === 'classic' ? withoutAuth(text) : text
      if (ring !== sha1Ring || !signed.some((s) => bare.startsWith(s)))
        throw new Error('believed, and nobody signed it')
    }
  })
  expect(believed).toBeGreaterThan(0)
})

test('nothing that is rightly signed upsets the reader', () => {
  const bodies = new Mutator(
    netstrings.map((t) => t.slice(0, t.lastIndexOf('%%%\n') + 4)),
    words,
    BYTES_MAX,
  )
  const lines = new Mutator(
    unsigned.map((t) => t.slice(4, -4)),
    words,
    BYTES_MAX,
  )
  const inputs = fc.oneof(
    bodies.inputs.map((body) => signedBody(body, sha1Ring)),
    lines.inputs.map((text) => signedLines(text, sha1Ring)),
  )
  let believed = 0
  fuzz('wire, with the key', inputs, RUNS, (bytes) => {
    const decoded = decode(bytes, sha1Ring)
    if (!decoded.ok) return
    believed++
    if (decoded.message.fields.length === 0) throw new Error('a message without fields')
    writeAgain(decoded.message)
  })
  expect(believed).toBeGreaterThan(0)
})

/** What was read can be written again, or is refused as unwritable: nothing else. */
function writeAgain(message: Parameters<typeof encode>[0]): void {
  try {
    encode(message, sha1Ring, { innerAuth: false })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
}

test('text of the FIFO and the API socket', () => {
  const mutator = new Mutator(unsigned, words, BYTES_MAX)
  fuzz('wire, unsigned text', mutator.inputs.map(latin1), RUNS, (bytes) => {
    const decoded = decodeClassicUnsigned(bytes)
    if (!decoded.ok && !refusals.includes(decoded.reason)) throw new Error(`refused for ${decoded.reason}`)
  })
})
