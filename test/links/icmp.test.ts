import { describe, expect, test } from 'bun:test'
import { decodeEchoReply, encodeEchoRequest, internetChecksum } from '../../src/links/icmp.ts'
import { bytes, words } from './helpers.ts'

const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex')
const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

describe('checksum', () => {
  test('an IPv4 header whose checksum was worked out by hand', () => {
    // 4500+0054+0001+4000+4001+0a09+0001+0a09+0002 = d96b, with the checksum field left at 0
    expect(internetChecksum(fromHex('4500 0054 0001 4000 4001 0000 0a09 0001 0a09 0002'))).toBe(0xffff - 0xd96b)
  })

  test('carries are added back, twice if need be', () => {
    expect(internetChecksum(fromHex('ffff 0001'))).toBe(0xfffe)
    expect(internetChecksum(fromHex('ffff ffff ffff'))).toBe(0)
    expect(internetChecksum(fromHex(`${'ffff'.repeat(40000)}0001`))).toBe(0xfffe)
  })

  test('an odd last byte counts as the high half of a word', () => {
    expect(internetChecksum(fromHex('0102 03'))).toBe(internetChecksum(fromHex('0102 0300')))
  })

  test('nothing at all', () => {
    expect(internetChecksum(new Uint8Array(0))).toBe(0xffff)
  })
})

describe('echo request', () => {
  test('IPv4: type 8, the id in host order, the sequence in network order', () => {
    // 0800 + 3412 + 0001 + 6162 = 9d75; ffff - 9d75 = 628a
    expect(hex(encodeEchoRequest(4, { id: 0x1234, sequence: 1, payload: bytes('ab') }))).toBe('0800628a341200016162')
  })

  test('IPv6: type 128, the checksum left to the kernel', () => {
    expect(hex(encodeEchoRequest(6, { id: 0x1234, sequence: 258, payload: bytes('ab') }))).toBe('80000000341201026162')
  })

  test('its own checksum verifies, whatever the payload', () => {
    for (let length = 0; length < 70; length++) {
      const payload = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 0xff)
      expect(internetChecksum(encodeEchoRequest(4, { id: length * 900, sequence: length, payload }))).toBe(0)
    }
  })
})

describe('echo reply', () => {
  const header = '4500 0000 0000 0000 4001 0000 0a09 0002 0a09 0001'
  // 0000 + 3412 + 0001 + 6162 = 9575; ffff - 9575 = 6a8a
  const reply = '0000 6a8a 3412 0001 6162'

  test('IPv4: behind the IP header', () => {
    const echo = decodeEchoReply(4, fromHex(header + reply))
    expect(echo).toMatchObject({ id: 0x1234, sequence: 1 })
    expect(words(echo!.payload)).toBe('ab')
  })

  test('IPv4: behind an IP header with options', () => {
    expect(decodeEchoReply(4, fromHex(`${header.replace('45', '46')}01010101${reply}`))).toMatchObject({ id: 0x1234 })
  })

  test('IPv6: no header in front', () => {
    expect(decodeEchoReply(6, fromHex('8100 0000 3412 0001 6162'))).toMatchObject({ id: 0x1234, sequence: 1 })
  })

  test.each([
    ['a request', 4, `${header}0800 628a 3412 0001 6162`],
    ['another code', 4, `${header}0001 6a89 3412 0001 6162`],
    ['a flipped bit', 4, `${header}0000 6a8a 3412 0001 6163`],
    ['too short', 4, `${header}0000 6a8a 34`],
    ['half an IP header', 4, header.slice(0, 20)],
    ['an IP header that claims four bytes', 4, header.replace('45', '41') + reply],
    ['an IP header longer than the packet', 4, header.replace('45', '4f') + reply],
    ['another IP version', 4, header.replace('45', '65') + reply],
    ['nothing', 4, ''],
    ['nothing', 6, ''],
    ['an IPv6 request', 6, '8000 0000 3412 0001'],
    ['an IPv4 reply', 6, reply],
  ] as const)('%s is refused (IPv%d)', (_what, family, text) => {
    expect(decodeEchoReply(family, fromHex(text))).toBeNull()
  })
})
