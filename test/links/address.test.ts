import { describe, expect, test } from 'bun:test'
import {
  addressBytes,
  addressOf,
  addressText,
  familyOf,
  needsScope,
  socketAddress,
  withoutScope,
} from '../../src/links/address.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('families', () => {
  test.each([
    ['10.9.0.1', 4],
    ['255.255.255.255', 4],
    ['::1', 6],
    ['fe80::1%eth0', 6],
    ['2001:db8::5', 6],
    ['alpha', null],
    ['10.9.0', null],
    ['10.9.0.256', null],
    ['', null],
    ['1.2.3.4%eth0', null],
  ] as const)('%p', (text, family) => {
    expect(familyOf(text)).toBe(family)
  })
})

describe('bytes and text', () => {
  test.each([
    ['10.9.0.1', '0a090001'],
    ['239.0.0.43', 'ef00002b'],
    ['::1', '00000000000000000000000000000001'],
    ['2001:db8::5', '20010db8000000000000000000000005'],
    ['fe80::a:b', 'fe8000000000000000000000000a000b'],
  ])('%p there and back', (text, expected) => {
    expect(hex(addressBytes(text))).toBe(expected)
    expect(addressText(addressBytes(text))).toBe(text)
  })

  test('a scope is no part of the bytes', () => {
    expect(hex(addressBytes('fe80::1%eth0'))).toBe(hex(addressBytes('fe80::1')))
    expect(withoutScope('fe80::1%eth0')).toBe('fe80::1')
    expect(withoutScope('10.0.0.1')).toBe('10.0.0.1')
  })

  test('a name is refused with the word in question', () => {
    expect(() => addressBytes('alpha')).toThrow("'alpha' is not an IP address")
  })
})

describe('socket addresses', () => {
  test('IPv4: family, port and address, padded to 16 bytes', () => {
    expect(hex(socketAddress('10.9.0.1', 694))).toBe('020002b60a0900010000000000000000')
  })

  test('IPv6: no scope for an address that means the same on every interface', () => {
    expect(hex(socketAddress('2001:db8::5', 694, 7))).toBe('0a0002b60000000020010db800000000000000000000000500000000')
  })

  test('IPv6: the interface as scope for a link-local peer and group', () => {
    expect(hex(socketAddress('fe80::5', 694, 7)).slice(-8)).toBe('07000000')
    expect(hex(socketAddress('ff02::5', 694, 7)).slice(-8)).toBe('07000000')
    expect(hex(socketAddress('ff05::5', 694, 7)).slice(-8)).toBe('00000000')
  })

  test('which addresses need a scope', () => {
    expect(['fe80::1', 'febf::1', 'ff01::1', 'ff12::1'].map((a) => needsScope(addressBytes(a)))).toEqual(
      Array(4).fill(true),
    )
    expect(['fec0::1', 'ff08::1', '::1', '10.0.0.1'].map((a) => needsScope(addressBytes(a)))).toEqual(
      Array(4).fill(false),
    )
  })

  test('the sender of a received datagram', () => {
    expect(addressOf(socketAddress('10.9.0.2', 40000))).toBe('10.9.0.2')
    expect(addressOf(socketAddress('fe80::5', 40000, 3))).toBe('fe80::5')
    expect(addressOf(new Uint8Array(28))).toBe('')
  })
})
