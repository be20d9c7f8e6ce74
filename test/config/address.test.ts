import { describe, expect, test } from 'bun:test'
import { addressWrong, canonicalAddress, isIPv4, isNetmask } from '../../src/config/address.ts'

describe('one address, one spelling', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['010.0.0.001', '10.0.0.1'],
    ['2001:db8::1', '2001:db8:0:0:0:0:0:1'],
    ['2001:0DB8:0:0:0:0:0:0001', '2001:db8:0:0:0:0:0:1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['1::', '1:0:0:0:0:0:0:0'],
    ['::ffff:10.0.0.1', '0:0:0:0:0:ffff:a00:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('%s', (text, expected) => expect(canonicalAddress(text)).toBe(expected))

  test.each([
    '',
    '1',
    '10.0.0',
    '10.0.0.1.2',
    '10.0.0.256',
    'a.b.c.d',
    ':',
    ':::',
    '1:2:3',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    '::10.0.0.256',
    'fe80::1%eth0',
    ':1:2:3:4:5:6:7',
  ])('%p is no address', (text) => expect(canonicalAddress(text)).toBeNull())
})

test('netmasks are contiguous', () => {
  expect(['255.255.255.0', '255.255.254.0', '128.0.0.0', '255.255.255.255'].every(isNetmask)).toBe(true)
  expect(['0.0.0.0', '255.0.255.0', '0.255.0.0', '255.255.255', '255.255.255.1'].some(isNetmask)).toBe(false)
  expect(isIPv4('255.255.255.0')).toBe(true)
})

describe('the argument of an address agent', () => {
  test.each([
    '10.0.0.1',
    '10.0.0.1/24',
    '10.0.0.1/255.255.255.0',
    '10.0.0.1/24/eth0',
    '10.0.0.1/24/eth0:web',
    '10.0.0.1/24/eth0/10.0.0.255',
    '10.0.0.1/24/10.0.0.255',
    '10.0.0.1/24/eth0/+',
    '10.0.0.1/32/lo',
    '2001:db8::1',
    '2001:db8::1/64',
    '2001:db8::1/64/eth0',
  ])('%s is right', (argument) => expect(addressWrong(argument)).toBeNull())

  test.each([
    ['', 'not an IPv4 or IPv6 address'],
    ['10.0.0', 'not an IPv4 or IPv6 address'],
    ['10.0.0.1::24', 'not an IPv4 or IPv6 address'],
    ['10.0.0.1/0', 'not a netmask'],
    ['10.0.0.1/33', 'not a netmask'],
    ['10.0.0.1/', 'not a netmask'],
    ['10.0.0.1/255.0.255.0', 'not a netmask'],
    ['2001:db8::1/129', 'not a netmask'],
    ['2001:db8::1/255.255.255.0', 'not a netmask'],
    ['10.0.0.1/24/', 'not an interface'],
    ['10.0.0.1/24/averyverylonginterface', 'not an interface'],
    ['10.0.0.1/24/eth0:averylonglabel', 'interface and label are longer than 15 characters'],
    ['10.0.0.1/24/eth0/wide', 'not a broadcast address'],
    ['10.0.0.1/24/eth0/10.0.0.255/more', 'too many parts in the address'],
  ])('%p: %s', (argument, message) => expect(addressWrong(argument)?.message).toBe(message))
})
