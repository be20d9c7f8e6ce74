import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { crc, digest, sameDigest } from '../../src/wire/digest.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('crc', () => {
  test.each([
    ['', 'ffffffff'],
    ['123456789', '765e7680'],
    ['t=x\n', 'b5723e33'],
  ])('of %j', (data, digest) => {
    expect(crc(data)).toBe(digest)
    expect(crc(bytes(data))).toBe(digest)
  })

  test('agrees with the same polynomial bit by bit', () => {
    const slow = (data: Uint8Array): string => {
      let value = 0n
      for (const byte of data) {
        value ^= BigInt(byte) << 24n
        for (let bit = 0; bit < 8; bit++)
          value = value & 0x80000000n ? ((value << 1n) ^ 0x104c11db7n) & 0xffffffffn : value << 1n
      }
      return (value ^ 0xffffffffn).toString(16)
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (data) => crc(data) === slow(data)))
  })

  test('leading zeros are left out', () => {
    const found = Array.from({ length: 200 }, (_, i) => crc(String(i))).filter((text) => text.length < 8)
    expect(found.length).toBeGreaterThan(0)
    for (const text of found) expect(text[0]).not.toBe('0')
  })
})

describe('HMAC', () => {
  test('md5', () => {
    expect(digest({ method: 'md5', key: bytes('Hello!') }, 't=x\n')).toBe('77095688caab17c985212fd6cd45e118')
  })

  test('sha1', () => {
    expect(digest({ method: 'sha1', key: bytes('HI!') }, 't=x\n')).toBe('8a90dfdd188541f961db166886f725759c5e5bb1')
  })

  test('RFC 2202: a key longer than a block is hashed first', () => {
    const key = new Uint8Array(80).fill(0xaa)
    const data = 'Test Using Larger Than Block-Size Key - Hash Key First'
    expect(digest({ method: 'sha1', key }, data)).toBe('aa4ae5e15272d00e95705637ce8a3b55ed402112')
    expect(digest({ method: 'md5', key }, data)).toBe('6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd')
  })

  test('text is taken as one byte a character', () => {
    const sha1 = (data: Uint8Array | string) => digest({ method: 'sha1', key: bytes('k\xe9y') }, data)
    expect(sha1('\x00\x7f\x80\xff')).toBe(sha1(Uint8Array.of(0, 0x7f, 0x80, 0xff)))
  })

  test('an empty key is a key', () => {
    expect(digest({ method: 'sha1', key: new Uint8Array() }, '')).toBe('fbdb1d1b18aa6c08324b7d64b71fb76370690e1d')
  })
})

test('sameDigest', () => {
  expect(sameDigest('abc', 'abc')).toBe(true)
  expect(sameDigest('abc', 'abd')).toBe(false)
  expect(sameDigest('abc', 'ABC')).toBe(false)
  expect(sameDigest('abc', 'ab')).toBe(false)
  expect(sameDigest('', '')).toBe(true)
})
