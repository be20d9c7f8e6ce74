import { describe, expect, test } from 'bun:test'
import { newAddressParts, parseAddress } from '../../src/linux/addresses.ts'
import { parseInterface } from '../../src/linux/interfaces.ts'
import { parseIp } from '../../src/linux/ip.ts'
import { attribute, cstring, type NetlinkMessage, u32 } from '../../src/linux/netlink.ts'

const hex = (parts: readonly Uint8Array[]): string[] => parts.map((p) => Buffer.from(p).toString('hex'))
const ip = (text: string): Uint8Array => parseIp(text)!
const received = (type: number, parts: readonly Uint8Array[]): NetlinkMessage => ({
  type,
  flags: 0,
  seq: 1,
  body: new Uint8Array(Buffer.concat(parts)),
})

describe('what is asked of the kernel', () => {
  test('an IPv4 alias for seven seconds', () => {
    const address = {
      index: 3,
      ip: ip('10.9.0.50'),
      prefix: 24,
      label: 'eth0:0',
      broadcast: ip('10.9.0.255'),
      leaseS: 7,
    }
    expect(hex(newAddressParts(address))).toEqual([
      '0218000003000000',
      '080002000a090032',
      '080001000a090032',
      '080004000a0900ff',
      '0b000300657468303a300000',
      '1400060007000000070000000000000000000000',
    ])
  })

  test('an IPv6 address has no label and no broadcast, and no duplicate detection', () => {
    const address = { index: 3, ip: ip('fd00::5'), prefix: 64, label: 'eth0:0', broadcast: null, leaseS: null }
    expect(hex(newAddressParts(address))).toEqual([
      '0a40020003000000',
      '14000200fd000000000000000000000000000005',
      '14000100fd000000000000000000000000000005',
      '14000600ffffffffffffffff0000000000000000',
    ])
  })
})

describe('what the kernel says', () => {
  const fixed = Uint8Array.of(2, 24, 0x01, 0, 3, 0, 0, 0)

  test('a secondary IPv4 address with a lifetime', () => {
    const lifetime = attribute(6, new Uint8Array([...u32(4), ...u32(5), ...u32(0), ...u32(0)]))
    const parts = [
      fixed,
      attribute(1, ip('10.9.0.50')),
      attribute(2, ip('10.9.0.50')),
      attribute(3, cstring('eth0:1')),
      lifetime,
    ]
    expect(parseAddress(received(20, parts))).toEqual({
      index: 3,
      ip: ip('10.9.0.50'),
      prefix: 24,
      label: 'eth0:1',
      broadcast: null,
      validS: 5,
      secondary: true,
      tentative: false,
      scope: 0,
    })
  })

  test('on a point-to-point interface the local address counts, not the peer’s', () => {
    const parts = [fixed, attribute(1, ip('10.0.0.2')), attribute(2, ip('10.0.0.1'))]
    expect(parseAddress(received(20, parts))?.ip).toEqual(ip('10.0.0.1'))
  })

  test('an IPv6 address for which duplicate detection failed cannot be used', () => {
    const six = Uint8Array.of(10, 64, 0, 0, 3, 0, 0, 0)
    const parsed = parseAddress(received(20, [six, attribute(1, ip('fd00::5')), attribute(8, u32(0x88))]))
    expect(parsed).toMatchObject({ tentative: true, validS: null, secondary: false })
  })

  test('a message without an address, or too short, is left out', () => {
    expect(parseAddress(received(20, [fixed]))).toBeUndefined()
    expect(parseAddress(received(20, [fixed.subarray(0, 3)]))).toBeUndefined()
    expect(parseAddress(received(20, [fixed, attribute(1, Uint8Array.of(1, 2))]))).toBeUndefined()
  })
})

describe('interfaces', () => {
  const link = (flags: number, parts: readonly Uint8Array[]): NetlinkMessage =>
    received(16, [new Uint8Array([0, 0, 1, 0, ...u32(3), ...u32(flags), ...u32(0)]), ...parts])
  const mac = Uint8Array.of(2, 0, 0, 0, 0, 1)

  test('one that is up with a carrier', () => {
    const parts = [attribute(3, cstring('eth0')), attribute(1, mac), attribute(4, u32(1500))]
    expect(parseInterface(link(0x11043, parts))).toEqual({
      index: 3,
      name: 'eth0',
      mac,
      mtu: 1500,
      up: true,
      carrier: true,
      loopback: false,
      announces: true,
    })
  })

  test('a loopback, one without ARP and one without an Ethernet address announce nothing', () => {
    const named = (...more: Uint8Array[]) => [attribute(3, cstring('x')), ...more]
    expect(parseInterface(link(0x49, named(attribute(1, mac))))).toMatchObject({ loopback: true, announces: false })
    expect(parseInterface(link(0xc1, named(attribute(1, mac))))?.announces).toBe(false)
    expect(parseInterface(link(0x41, named()))?.announces).toBe(false)
  })

  test('one without a name is left out', () => {
    expect(parseInterface(link(0x41, []))).toBeUndefined()
  })
})
