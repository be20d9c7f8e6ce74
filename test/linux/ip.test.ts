import { describe, expect, test } from 'bun:test'
import { broadcastOf, formatIp, formatMac, maskOf, parseIp, prefixOf, sameNetwork } from '../../src/linux/ip.ts'

const ip = (text: string): Uint8Array => parseIp(text)!

describe('addresses as text', () => {
  test.each([
    ['135.9.8.7', [135, 9, 8, 7]],
    ['0.0.0.0', [0, 0, 0, 0]],
    ['255.255.255.255', [255, 255, 255, 255]],
    ['::', new Array(16).fill(0)],
    ['::1', [...new Array(15).fill(0), 1]],
    ['2001:db8::12:1', [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0, 1]],
    ['1:2:3:4:5:6:7::', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0]],
    ['::ffff:10.0.0.1', [...new Array(10).fill(0), 0xff, 0xff, 10, 0, 0, 1]],
  ])('%s', (text, bytes) => {
    expect([...ip(text)]).toEqual(bytes as number[])
  })

  test.each([
    ...['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.-4', '1.2.3.4 ', '1.2.3.', 'eth0'],
    ...[':', ':::', '1::2::3', '12345::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4::5:6:7:8', 'fe80::1%eth0'],
    ...['1.2.3.4::', '::1.2.3', 'g::'],
  ])('%p is none', (text) => {
    expect(parseIp(text)).toBeUndefined()
  })

  test.each([
    ...['135.9.8.7', '::', '::1', 'fe80::', '2001:db8::1', '2001:db8:0:1::1', '1:2:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
  ])('%s is written as it was read', (text) => {
    expect(formatIp(ip(text))).toBe(text)
  })

  test('the longest run of zeros is shortened, in lower case', () => {
    expect(formatIp(ip('2001:DB8:0:0:1:0:0:0'))).toBe('2001:db8:0:0:1::')
  })

  test('a hardware address', () => {
    expect(formatMac(Uint8Array.of(0, 0x1a, 255, 3, 4, 5))).toBe('00:1a:ff:03:04:05')
  })
})

describe('networks', () => {
  test.each([
    [0, '0.0.0.0'],
    [1, '128.0.0.0'],
    [20, '255.255.240.0'],
    [24, '255.255.255.0'],
    [31, '255.255.255.254'],
    [32, '255.255.255.255'],
  ])('the mask of /%d is %s', (prefix, text) => {
    expect(formatIp(maskOf(prefix, 4))).toBe(text)
    expect(prefixOf(ip(text))).toBe(prefix)
  })

  test('a mask with a hole is none', () => {
    expect(prefixOf(ip('255.0.255.0'))).toBeUndefined()
    expect(prefixOf(ip('0.0.0.255'))).toBeUndefined()
  })

  test('the same network or not', () => {
    expect(sameNetwork(ip('10.9.0.1'), ip('10.9.0.200'), 24)).toBe(true)
    expect(sameNetwork(ip('10.9.0.1'), ip('10.9.0.200'), 25)).toBe(false)
    expect(sameNetwork(ip('10.9.0.1'), ip('192.0.2.1'), 0)).toBe(true)
    expect(sameNetwork(ip('fd00::1'), ip('fd00::ffff'), 112)).toBe(true)
    expect(sameNetwork(ip('fd00::1'), ip('fd00::ffff'), 113)).toBe(false)
    expect(sameNetwork(ip('10.9.0.1'), ip('fd00::1'), 0)).toBe(false)
  })

  test('the broadcast address', () => {
    expect(formatIp(broadcastOf(ip('135.9.8.7'), 24))).toBe('135.9.8.255')
    expect(formatIp(broadcastOf(ip('10.1.2.3'), 12))).toBe('10.15.255.255')
  })
})
