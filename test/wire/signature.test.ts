import { describe, expect, test } from 'bun:test'
import { sign, verify } from '../../src/wire/signature.ts'
import { crcRing, md5Ring, ring, sha1Ring } from './keys.ts'

describe('sign', () => {
  test('key number, blank, digest', () => {
    expect(sign('t=x\n', crcRing)).toBe('1 b5723e33')
    expect(sign('t=x\n', sha1Ring)).toBe('1 8a90dfdd188541f961db166886f725759c5e5bb1')
  })

  test('with no key of that number', () => {
    expect(() => sign('', ring('auth 3\n1 crc\n'))).toThrow('there is no key 3 to sign with')
  })
})

describe('verify', () => {
  test('with the key that the signature names, not the one that signs here', () => {
    const both = ring('auth 2\n1 sha1 HI!\n2 md5 Hello!\n')
    expect(verify(sign('data', sha1Ring), 'data', both)).toEqual({ key: 1 })
    expect(verify(sign('data', both), 'data', both)).toEqual({ key: 2 })
  })

  test.each([
    '',
    '1',
    '1 ',
    ' 8a90',
    '1  b5723e33',
    '1 B5723E33',
    '1 b5723e33 ',
    '1 b5723e33\n',
    '-1 b5723e33',
    '001 ff',
    'x ff',
  ])('a signature is not %j', (signature) => {
    expect(verify(signature, 't=x\n', crcRing)).toMatchObject({ reason: 'malformed' })
  })

  test('a key that is not there', () => {
    expect(verify('2 b5723e33', 't=x\n', crcRing)).toMatchObject({ reason: 'bad-key-number' })
    expect(verify('99 b5723e33', 't=x\n', crcRing)).toMatchObject({ reason: 'bad-key-number' })
    expect(verify('16 b5723e33', 't=x\n', ring('auth 16\n16 crc\n'))).toMatchObject({ reason: 'bad-key-number' })
  })

  test('a digest that is wrong, cut off, or padded', () => {
    for (const digest of ['b5723e34', 'b5723e3', '0b5723e33']) {
      expect(verify(`1 ${digest}`, 't=x\n', crcRing)).toMatchObject({ reason: 'bad-digest' })
    }
  })

  test('no refusal tells a digest or a key', () => {
    const wrong = verify(`1 ${'ab'.repeat(16)}`, 'data', md5Ring)
    const right = sign('data', md5Ring).slice(2)
    const told = JSON.stringify(wrong)
    expect(told).toContain('key 1 (md5)')
    for (const secret of [right, 'abab', 'Hello!']) expect(told).not.toContain(secret)
  })
})
