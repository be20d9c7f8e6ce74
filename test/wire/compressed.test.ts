import { describe, expect, test } from 'bun:test'
import { deflateSync, gzipSync } from 'node:zlib'
import { decode, encode, encodeClassic } from '../../src/wire/codec.ts'
import { limits } from '../../src/wire/limits.ts'
import { binary, text } from '../../src/wire/message.ts'
import { writeNetstring } from '../../src/wire/netstring.ts'
import { latin1, status } from './example.ts'
import { sha1Ring } from './keys.ts'

const open = (payload: Uint8Array, algorithm = 'zlib') => {
  const fields = [binary('_compressed_payload', payload), text('_compression_algorithm', algorithm)]
  return decode(encode({ fields }, sha1Ring, { innerAuth: false }), sha1Ring)
}

const asNetstring = latin1(writeNetstring(status.fields))

describe('a compressed message', () => {
  test('in either form is the message that counts', () => {
    const expected = { ok: true, message: status, key: 1, form: 'netstring' } as const
    expect(open(deflateSync(asNetstring))).toEqual(expected)
    expect(open(deflateSync(encodeClassic(status, null, { nul: true })))).toEqual(expected)
  })

  test('may be larger than a datagram', () => {
    const big = { fields: [...status.fields, text('big', 'x'.repeat(1_000_000))] }
    expect(open(deflateSync(latin1(writeNetstring(big.fields))))).toMatchObject({ ok: true, message: big })
  })

  test('must be complete inside too', () => {
    expect(open(deflateSync('>>>\na=b\n<<<\n'))).toMatchObject({ reason: 'no-src' })
    expect(open(deflateSync('hello'))).toMatchObject({ reason: 'not-heartbeat' })
    expect(open(deflateSync('###\n1:a'))).toMatchObject({ reason: 'malformed' })
  })
})

describe('refused as bad-compression', () => {
  test.each([
    ['bz2', Uint8Array.of(0x42, 0x5a, 0x68), 'bz2'],
    ['no algorithm', deflateSync(asNetstring), ''],
    ['gzip', gzipSync(asNetstring), 'zlib'],
    ['cut off', deflateSync(asNetstring).subarray(0, -6), 'zlib'],
    ['noise', Uint8Array.of(1, 2, 3), 'zlib'],
    ['nothing', new Uint8Array(), 'zlib'],
    ['more than the bound', deflateSync(Buffer.alloc(limits.unpackedBytesMax + 1)), 'zlib'],
  ])('%s', (_, payload, algorithm) => {
    expect(open(payload, algorithm)).toMatchObject({ ok: false, reason: 'bad-compression' })
  })

  test('a bomb, at once', () => {
    const bomb = deflateSync(Buffer.alloc(60 << 20))
    const start = performance.now()
    expect(open(bomb)).toMatchObject({ reason: 'bad-compression' })
    expect(performance.now() - start).toBeLessThan(500)
  })

  test('a compressed message in a compressed message', () => {
    const inner = writeNetstring([binary('_compressed_payload', deflateSync(asNetstring))])
    expect(open(deflateSync(latin1(inner)))).toMatchObject({ reason: 'bad-compression', detail: 'compressed twice' })
  })
})

test('nothing is unpacked before the signature is right', () => {
  const fields = [binary('_compressed_payload', deflateSync(asNetstring)), text('_compression_algorithm', 'bz2')]
  const datagram = Uint8Array.from(encode({ fields }, sha1Ring, { innerAuth: false }))
  datagram[20]! ^= 1
  expect(decode(datagram, sha1Ring)).toMatchObject({ reason: 'bad-digest' })
})
