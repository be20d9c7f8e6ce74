import { describe, expect, test } from 'bun:test'
import { announcement, claimOf } from '../../src/linux/arp.ts'
import { parseIp } from '../../src/linux/ip.ts'
import { advertisement, checksum } from '../../src/linux/ndp.ts'
import { linkAddress } from '../../src/linux/packet.ts'

const mac = Uint8Array.of(0x02, 0x42, 0x0a, 0x09, 0x00, 0x01)
const ip = (text: string): Uint8Array => parseIp(text)!
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('ARP announcements, as send_arp (libnet) makes them', () => {
  const head = 'ffffffffffff' + '02420a090001' + '0806' + '0001' + '0800' + '06' + '04'

  test('the request: target MAC of zeros', () => {
    const frame = announcement(1, mac, ip('10.9.0.50'))
    expect(hex(frame)).toBe(`${head}0001${'02420a090001'}0a090032${'000000000000'}0a090032`)
    expect(frame).toHaveLength(42)
  })

  test('the reply: target MAC is our own', () => {
    const elsewhere = announcement(1, mac, ip('10.9.0.50'), Uint8Array.from([2, 0, 0, 0, 0, 9]))
    expect(hex(elsewhere.subarray(6, 12))).toBe('020000000009')
    expect(hex(elsewhere.subarray(22, 28))).toBe(hex(mac))
    expect(hex(announcement(2, mac, ip('10.9.0.50')))).toBe(
      `${head}0002${'02420a090001'}0a090032${'02420a090001'}0a090032`,
    )
  })
})

describe('claims', () => {
  test('both kinds of announcement are claims, padded to 60 bytes or not', () => {
    for (const operation of [1, 2] as const) {
      const padded = new Uint8Array(60)
      padded.set(announcement(operation, mac, ip('10.9.0.50')))
      expect(claimOf(padded)).toEqual({ mac, ip: ip('10.9.0.50') })
    }
  })

  test('a probe claims nothing yet, and other frames are none', () => {
    expect(claimOf(announcement(1, mac, ip('0.0.0.0')))).toBeUndefined()
    expect(claimOf(announcement(1, mac, ip('10.9.0.50')).subarray(0, 41))).toBeUndefined()
    expect(claimOf(advertisement(mac, ip('fd00::5')))).toBeUndefined()
  })
})

describe('neighbour advertisements', () => {
  const frame = advertisement(mac, ip('fd00::5'))

  test('byte for byte', () => {
    const address = 'fd000000000000000000000000000005'
    const all = 'ff020000000000000000000000000001'
    expect(hex(frame.subarray(0, 54))).toBe(`333300000001${'02420a090001'}86dd6000000000203aff${address}${all}`)
    expect(hex(frame.subarray(54, 56))).toBe('8800')
    expect(hex(frame.subarray(58))).toBe(`20000000${address}0201${'02420a090001'}`)
  })

  test('the checksum covers everything: summed again with it, nothing is left', () => {
    expect(checksum(frame.slice(22, 38), frame.slice(38, 54), frame.slice(54))).toBe(0)
    // Summed by hand for this frame, so that a sum that is wrong both ways is seen.
    expect(hex(frame.subarray(56, 58))).toBe(byHand(frame))
  })
})

function byHand(frame: Uint8Array): string {
  const words = [0x3a, 0x20]
  const zeroed = Uint8Array.from(frame)
  zeroed.fill(0, 56, 58)
  for (let i = 22; i < zeroed.length; i += 2) words.push(zeroed[i]! * 256 + zeroed[i + 1]!)
  const sum = words.reduce((a, b) => a + b, 0)
  const folded = (sum % 65536) + Math.floor(sum / 65536)
  return (65535 - folded).toString(16).padStart(4, '0')
}

test('the link-level address of a frame', () => {
  expect(hex(linkAddress(0x0806, 3, Uint8Array.from(mac)))).toBe(`11000806${'03000000'}00000006${'02420a090001'}0000`)
})
