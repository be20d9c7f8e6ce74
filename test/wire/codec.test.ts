import { describe, expect, test } from 'bun:test'
import { decode, decodeClassicUnsigned, encode, encodeClassic } from '../../src/wire/codec.ts'
import { limits } from '../../src/wire/limits.ts'
import { get, text } from '../../src/wire/message.ts'
import { latin1, least, signedBody, signedItems, signedLines, status } from './example.ts'
import { crcRing, md5Ring, ring, sha1Ring } from './keys.ts'

const innerAuth = { innerAuth: true }
const shown = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

describe('the worked example', () => {
  test.each([
    ['crc', crcRing, 'f4c1495a', '466eb919', 233, 247, 175],
    ['md5', md5Ring, 'f169f18b5ba0d17384e8994bef125100', 'd16806d1ee57f2d379902e164b2b0fb4', 257, 295, 199],
    [
      'sha1',
      sha1Ring,
      '5219f6cdf58a93f62490ec1e9d8103753e0fd12f',
      '77d34cd3e2a3201f9c11e770c09e6a8cddd52eac',
      265,
      311,
      207,
    ],
  ])('%s', (_, keys, inner, outer, signedBytes, datagramBytes, classicBytes) => {
    const datagram = encode(status, keys, innerAuth)
    expect(datagram.length).toBe(datagramBytes)
    expect(shown(datagram).indexOf('%%%\n') + 4).toBe(signedBytes)
    expect(shown(datagram)).toEndWith(`,%%%\n${outer.length + 2}:1 ${outer},`)
    const message = { fields: [...status.fields, text('auth', `1 ${inner}`)] }
    expect(decode(datagram, keys)).toEqual({ ok: true, message, key: 1, form: 'netstring' })
    const classic = encodeClassic(status, keys, { nul: true })
    expect(classic.length).toBe(classicBytes)
    expect(decode(classic, keys)).toEqual({ ok: true, message, key: 1, form: 'classic' })
  })

  test('without the inner auth (msgfmt netstring)', () => {
    const bare = encode(status, sha1Ring, { innerAuth: false })
    expect(decode(bare, sha1Ring)).toMatchObject({ ok: true, message: status })
    const once = { fields: [...status.fields, text('auth', '1 00')] }
    expect(encode(once, sha1Ring, { innerAuth: false })).toEqual(bare)
  })

  test('an auth that is there is replaced in its place, and stands there once', () => {
    const auth = text('auth', '7 old')
    const written = encode({ fields: [auth, ...status.fields, auth] }, sha1Ring, innerAuth)
    const right = text('auth', '1 5219f6cdf58a93f62490ec1e9d8103753e0fd12f')
    expect(decode(written, sha1Ring)).toMatchObject({ ok: true, message: { fields: [right, ...status.fields] } })
  })
})

describe('what heartbeat believes', () => {
  const items = ['(0)t=x', '(0)src=n', '(0)ts=1', '(0)seq=1']
  test.each([
    ['netstring, outer digest only', signedItems(items, sha1Ring)],
    ['netstring, inner digest wrong, outer right', signedItems([...items, '(0)auth=1 00'], sha1Ring)],
    ['netstring, NUL at the end', latin1(`${shown(signedItems(items, sha1Ring))}\0`)],
    ['netstring, anything after it', latin1(`${shown(signedItems(items, sha1Ring))}rest`)],
    ['classic', signedLines('t=x\nsrc=n\nts=1\nseq=1\n', sha1Ring)],
    ['classic, NUL at the end', latin1(`${shown(signedLines('t=x\nsrc=n\nts=1\nseq=1\n', sha1Ring))}\0`)],
    ['classic, auth in front', latin1(shown(encodeClassic({ fields: [text('auth', ''), ...least] }, sha1Ring)))],
  ])('%s', (_, datagram) => {
    expect(decode(datagram, sha1Ring)).toMatchObject({ ok: true, key: 1 })
  })
})

describe('what is refused', () => {
  const good = shown(encode(status, sha1Ring, innerAuth))
  const classic = shown(encodeClassic(status, sha1Ring))
  const lines = 't=x\nsrc=n\nts=1\nseq=1\n'
  test.each([
    ['nothing', '', 'not-heartbeat'],
    ['something else', 'GET / HTTP/1.1\r\n', 'not-heartbeat'],
    ['half a mark', '###', 'not-heartbeat'],
    ['too long', '#'.repeat(limits.datagramBytesMax + 1), 'too-long'],
    ['netstring without signature', good.slice(0, good.lastIndexOf('42:')), 'unsigned'],
    ['the same with NUL', `${good.slice(0, good.lastIndexOf('42:'))}\0`, 'unsigned'],
    ['a signature cut off', good.slice(0, -1), 'malformed'],
    ['another digest', good.replace('77d34c', '77d34d'), 'bad-digest'],
    ['an upper-case digest', good.replace('77d34c', '77D34C'), 'malformed'],
    ['a key that is not there', good.replace('1 77d34c', '2 77d34c'), 'bad-key-number'],
    ['classic text between netstring marks', `###\n${lines}%%%\n`, 'malformed'],
    ['classic without auth', `>>>\n${lines}<<<\n`, 'unsigned'],
    ['classic with another text', classic.replace('active', 'dead  '), 'bad-digest'],
    ['classic with two auth', classic.replace('t=status', 'auth=1 00\nt=status'), 'malformed'],
    ['classic without end', classic.slice(0, -4), 'malformed'],
  ])('%s', (_, datagram, reason) => {
    expect(decode(latin1(datagram), sha1Ring)).toMatchObject({ ok: false, reason })
  })

  test('rightly signed, but not a cluster message', () => {
    expect(decode(signedItems([], sha1Ring), sha1Ring)).toMatchObject({ reason: 'no-src' })
    expect(decode(signedLines('t=x\n', sha1Ring), sha1Ring)).toMatchObject({ reason: 'no-src' })
    expect(decode(signedItems(['(0)t'], sha1Ring), sha1Ring)).toMatchObject({ reason: 'malformed' })
    expect(decode(signedBody('###\n', sha1Ring), sha1Ring)).toMatchObject({ reason: 'malformed' })
  })

  test('a wrong digest comes before a wrong field: nothing is interpreted unverified', () => {
    const broken = shown(signedItems(['(9)t'], sha1Ring))
    expect(decode(latin1(broken), md5Ring)).toMatchObject({ reason: 'bad-digest' })
    expect(decode(latin1(broken), sha1Ring)).toMatchObject({ reason: 'malformed' })
  })

  test('no detail tells a digest or a key', () => {
    for (const datagram of [
      good.replace('77d34c', '77d34d'),
      good.replace('1 77', '9 77'),
      classic.replace('active', 'dead'),
    ]) {
      const told = JSON.stringify(decode(latin1(datagram), sha1Ring))
      expect(told).not.toMatch(/[0-9a-f]{8}|HI!/)
    }
  })
})

describe('without signature, for FIFO and API socket', () => {
  test('there and back, with and without NUL', () => {
    for (const nul of [true, false]) {
      const bytes = encodeClassic(status, null, { nul })
      expect(bytes.at(-1)).toBe(nul ? 0 : 10)
      expect(decodeClassicUnsigned(bytes)).toEqual({ ok: true, message: status })
    }
  })

  test('needs no src and no seq, but the text form', () => {
    expect(decodeClassicUnsigned(latin1('>>>\nt=hb_takeover\nrsc_hold=all\n<<<\n'))).toMatchObject({ ok: true })
    expect(decodeClassicUnsigned(latin1('###\n%%%\n'))).toMatchObject({ reason: 'not-heartbeat' })
    expect(decodeClassicUnsigned(latin1('>>>\nt\n<<<\n'))).toMatchObject({ reason: 'malformed' })
    expect(decodeClassicUnsigned(latin1('>>>\nt=x\n'))).toMatchObject({ reason: 'malformed' })
    expect(decodeClassicUnsigned(new Uint8Array(limits.messageBytesMax + 1))).toMatchObject({ reason: 'too-long' })
  })
})

describe('what cannot be sent', () => {
  test('too long', () => {
    const fields = [...least, text('big', 'x'.repeat(limits.datagramBytesMax))]
    expect(() => encode({ fields }, sha1Ring, innerAuth)).toThrow('at most 65507 can be sent')
    expect(encodeClassic({ fields }, null).length).toBeGreaterThan(limits.datagramBytesMax)
  })

  test('without key, or with a field that cannot be written', () => {
    expect(() => encode(status, ring('auth 2\n1 crc\n'), innerAuth)).toThrow('no key 2')
    expect(() => encode({ fields: [text('a', '\0')] }, sha1Ring, innerAuth)).toThrow('field a')
    expect(() => encodeClassic({ fields: [text('', '')] }, null)).toThrow('name')
  })
})

test('the caller may use its buffer again', () => {
  const buffer = Uint8Array.from(encode(status, sha1Ring, innerAuth))
  const decoded = decode(buffer, sha1Ring)
  buffer.fill(0)
  if (!decoded.ok) throw new Error(decoded.detail)
  expect(decoded.message.fields.slice(0, -1)).toEqual([...status.fields])
  expect(get(decoded.message, 'src')).toBe('alpha')
})
