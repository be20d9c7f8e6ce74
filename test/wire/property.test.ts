/** What holds for every message and for every sequence of bytes. */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { KeyRing } from '../../src/config/types.ts'
import { decode, decodeClassicUnsigned, encode, encodeClassic } from '../../src/wire/codec.ts'
import { isName } from '../../src/wire/field.ts'
import { limits } from '../../src/wire/limits.ts'
import type { Field, Message } from '../../src/wire/message.ts'
import { refusals } from '../../src/wire/refusal.ts'
import { latin1, least, signedBody, signedLines, status } from './example.ts'
import { crcRing, md5Ring, sha1Ring } from './keys.ts'

const character = (from: number) => fc.integer({ min: from, max: 0xff }).map((code) => String.fromCharCode(code))
const name = fc.string({ unit: character(0x20), minLength: 1, maxLength: 12 }).filter((n) => isName(n) && n !== 'auth')

/** Fields of every type; texts from bytes not below a given one, so that the text form can say them. */
function message(from: number): fc.Arbitrary<Message> {
  const value = fc.string({ unit: character(from), maxLength: 30 })
  const { node } = fc.letrec<{ node: Message; field: Field }>((tie) => ({
    field: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ type: fc.constant(0 as const), name, value }),
      fc.record({ type: fc.constantFrom(1 as const, 4 as const), name, value: fc.uint8Array({ maxLength: 30 }) }),
      fc.record({ type: fc.constant(3 as const), name, value: fc.array(value, { maxLength: 5 }) }),
      fc.record({ type: fc.constant(2 as const), name, value: tie('node') }),
    ),
    node: fc.record({ fields: fc.array(tie('field'), { maxLength: 6 }) }),
  }))
  return node.map(({ fields }) => ({ fields: [...least, ...fields] }))
}

const keys = fc.constantFrom(crcRing, md5Ring, sha1Ring)
const anyMessage = message(1)
const sayable = message(0x20)

describe('there and back', () => {
  test('netstring', () => {
    fc.assert(
      fc.property(anyMessage, keys, (sent, ring) => {
        const decoded = decode(encode(sent, ring, { innerAuth: false }), ring)
        expect(decoded).toEqual({ ok: true, message: sent, key: 1, form: 'netstring' })
      }),
      { numRuns: 300 },
    )
  })

  test('netstring with auth: all fields and auth after them, and the same bytes when written again', () => {
    fc.assert(
      fc.property(anyMessage, keys, (sent, ring) => {
        const bytes = encode(sent, ring, { innerAuth: true })
        const decoded = decode(bytes, ring)
        if (!decoded.ok) throw new Error(decoded.detail)
        expect(decoded.message.fields.slice(0, -1)).toEqual([...sent.fields])
        expect(encode(decoded.message, ring, { innerAuth: true })).toEqual(bytes)
      }),
    )
  })

  test('classic, signed and unsigned', () => {
    fc.assert(
      fc.property(sayable, keys, (sent, ring) => {
        expect(decodeClassicUnsigned(encodeClassic(sent, null))).toEqual({ ok: true, message: sent })
        const decoded = decode(encodeClassic(sent, ring), ring)
        if (!decoded.ok) throw new Error(decoded.detail)
        expect(decoded.message.fields.slice(0, -1)).toEqual([...sent.fields])
      }),
      { numRuns: 300 },
    )
  })
})

describe('a byte changed anywhere is refused', () => {
  const every = (datagram: Uint8Array, ring: KeyRing) => {
    for (let at = 0; at < datagram.length; at++) {
      for (let bit = 1; bit < 256; bit <<= 1) {
        const changed = Uint8Array.from(datagram)
        changed[at]! ^= bit
        if (decode(changed, ring).ok) throw new Error(`bit ${bit} of byte ${at} went unnoticed`)
      }
    }
  }
  test.each([
    ['crc', crcRing],
    ['md5', md5Ring],
    ['sha1', sha1Ring],
  ])('each bit of a status, %s, both forms', (_, ring) => {
    every(encode(status, ring, { innerAuth: true }), ring)
    every(encodeClassic(status, ring), ring)
  })

  test('any byte of any message, to any other', () => {
    const other = fc.integer({ min: 1, max: 255 })
    fc.assert(
      fc.property(anyMessage, sayable, keys, fc.nat(), other, (a, b, ring, place, by) => {
        for (const datagram of [encode(a, ring, { innerAuth: true }), encodeClassic(b, ring)]) {
          const changed = Uint8Array.from(datagram)
          changed[place % changed.length]! ^= by
          expect(decode(changed, ring).ok).toBe(false)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('nothing throws, and every refusal is a word of the list', () => {
  const sound = (bytes: Uint8Array) => {
    for (const decoded of [decode(bytes, sha1Ring), decodeClassicUnsigned(bytes)]) {
      if (!decoded.ok) expect(refusals).toContain(decoded.reason)
    }
  }
  const piece = fc.oneof(
    fc.constantFrom(
      '###\n',
      '%%%\n',
      '>>>\n',
      '<<<\n',
      '(2)s=',
      '(3)l=',
      '(1)u=',
      '3:abc,',
      '\x14',
      '\0',
      '=',
      ',',
      'auth=',
    ),
    fc.constantFrom('6:(0)a=1,', '12:(0)src=alpha,', 'src=n\n', '0:', '99999:', '_compressed_payload'),
    fc.string({ unit: character(0), maxLength: 8 }),
  )
  const noise = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

  test('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), sound), { numRuns: 500 })
  })

  test('pieces of messages, unsigned and rightly signed', () => {
    const property = fc.property(noise, (text) => {
      sound(latin1(text))
      sound(latin1(`###\n${text}`))
      sound(latin1(`>>>\n${text}\n<<<\n`))
      sound(signedBody(`###\n${text}%%%\n`, sha1Ring))
      sound(signedLines(`${text}\n`, sha1Ring))
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test('a message with a part cut out, put twice or overwritten', () => {
    const place = fc.nat({ max: 400 })
    const property = fc.property(anyMessage, place, place, noise, (sent, a, b, text) => {
      const bytes = Buffer.from(encode(sent, sha1Ring, { innerAuth: true })).toString('latin1')
      for (const changed of [bytes.slice(0, a) + bytes.slice(b), bytes.slice(0, a) + text + bytes.slice(a)]) {
        sound(latin1(changed))
        sound(signedBody(changed.slice(0, changed.lastIndexOf('%%%\n') + 4), sha1Ring))
      }
    })
    fc.assert(property, { numRuns: 300 })
  })
})

describe('the worst datagrams take bounded time', () => {
  const room = limits.datagramBytesMax - 200
  const fill = (unit: string, around = 0) => unit.repeat(Math.floor((room - around) / unit.length))
  const worst: [string, Uint8Array][] = [
    ['many fields', latin1(`###\n${fill('6:(0)a=1,')}%%%\n`)],
    ['many lines', latin1(`>>>\n${fill('a=\n')}<<<\n`)],
    ['only newlines', latin1(`>>>\n${fill('\n')}<<<\n`)],
    ['a long line without "="', signedLines(`${fill('x')}\n`, sha1Ring)],
    ['a long list', signedLines(`(3)l=${fill('0:,')}\n`, sha1Ring)],
    ['text lines of structs', signedLines(`(2)s=>>>\x14${fill('a=\x14')}<<<\x14\n`, sha1Ring)],
    ['one great text', signedBody(`###\n65000:(0)a=${'x'.repeat(64_995)},%%%\n`, sha1Ring)],
  ]
  test.each(worst)('%s', (_, datagram) => {
    expect(datagram.length).toBeLessThanOrEqual(limits.datagramBytesMax)
    // The best of twenty: the others say more about what else the machine is doing.
    const tookMs = Array.from({ length: 20 }, () => {
      const start = performance.now()
      decode(datagram, sha1Ring)
      return performance.now() - start
    })
    expect(Math.min(...tookMs)).toBeLessThan(5)
  })
})
