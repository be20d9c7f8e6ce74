import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  attribute,
  attributes,
  cstring,
  message,
  messages,
  netlinkAddress,
  readU32,
  u32,
} from '../../src/linux/netlink.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('messages to bytes', () => {
  test('an attribute is padded to four bytes, but its length is not', () => {
    expect(hex(attribute(3, cstring('eth0:0')))).toBe('0b000300657468303a300000')
    expect(hex(attribute(2, Uint8Array.of(10, 0, 0, 1)))).toBe('080002000a000001')
  })

  test('a header says length, type, flags and sequence', () => {
    expect(hex(message(20, 0x605, 7, [u32(1)]))).toBe(`14000000140005060700000000000000${'01000000'}`)
  })

  test('the address of the kernel, and of a listener to groups', () => {
    expect(hex(netlinkAddress(0))).toBe('100000000000000000000000')
    expect(hex(netlinkAddress(0x111))).toBe('100000000000000011010000')
  })
})

describe('bytes to messages', () => {
  test('several in one datagram', () => {
    const first = message(20, 2, 1, [u32(5), attribute(1, Uint8Array.of(1, 2, 3))])
    const second = message(3, 2, 1, [])
    const found = messages(Buffer.concat([first, second]))
    expect(found.map((m) => m.type)).toEqual([20, 3])
    expect(readU32(found[0]!.body)).toBe(5)
    expect([...attributes(found[0]!.body, 4).get(1)!]).toEqual([1, 2, 3])
  })

  test('one that is cut short ends the list', () => {
    const whole = message(20, 2, 1, [u32(5)])
    expect(messages(whole.subarray(0, whole.length - 1))).toEqual([])
    expect(messages(Buffer.concat([whole, whole.subarray(0, 10)]))).toHaveLength(1)
  })

  test('a length of zero ends the list and does not loop', () => {
    expect(messages(new Uint8Array(64))).toEqual([])
    expect(attributes(new Uint8Array(64), 0).size).toBe(0)
  })

  test('of equal attributes the first counts; a nested flag is no part of the type', () => {
    const body = Buffer.concat([attribute(1, u32(1)), attribute(1, u32(2)), attribute(0x8002, u32(3))])
    expect(readU32(attributes(body, 0).get(1))).toBe(1)
    expect(readU32(attributes(body, 0).get(2))).toBe(3)
  })

  test('any bytes are read within their bounds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const m of messages(bytes)) for (const value of attributes(m.body, 8).values()) readU32(value)
        return true
      }),
    )
  })
})
