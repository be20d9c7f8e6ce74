/** What counts as a difference between what the kernel tells and what is known. */
import { describe, expect, test } from 'bun:test'
import { isKnown, type Scene } from '../../src/agents/scene.ts'
import type { Address } from '../../src/linux/addresses.ts'
import type { Interface } from '../../src/linux/interfaces.ts'

const eth0: Interface = {
  index: 2,
  name: 'eth0',
  mac: Uint8Array.of(2, 0, 0, 0, 0, 1),
  mtu: 1500,
  up: true,
  carrier: true,
  loopback: false,
  announces: true,
}
const address: Address = {
  index: 2,
  ip: Uint8Array.of(10, 0, 0, 5),
  prefix: 24,
  label: 'eth0:0',
  broadcast: null,
  validS: 1,
  secondary: false,
  tentative: false,
  scope: 0,
}
const scene: Scene = { interfaces: [eth0], present: [address] }
const told = (change: Partial<Address>, gone = false) =>
  isKnown({ kind: 'address', gone, address: { ...address, ...change } }, scene)
const toldOf = (change: Partial<Interface>, gone = false) =>
  isKnown({ kind: 'link', gone, interface: { ...eth0, ...change } }, scene)

describe('known already', () => {
  test('a lease that was renewed, whatever is left of it', () => {
    expect(told({})).toBe(true)
    expect(told({ validS: 3, ip: Uint8Array.of(10, 0, 0, 5) })).toBe(true)
  })

  test('an interface as it was', () => {
    expect(toldOf({})).toBe(true)
    expect(toldOf({ mac: Uint8Array.of(2, 0, 0, 0, 0, 1) })).toBe(true)
  })
})

describe('a difference', () => {
  test.each([
    ['the address went', {}, true],
    ['another address', { ip: Uint8Array.of(10, 0, 0, 6) }, false],
    ['on another interface', { index: 3 }, false],
    ['another prefix length', { prefix: 25 }, false],
    ['another label', { label: null }, false],
    ['no lease any more', { validS: null }, false],
    ['a duplicate was detected', { tentative: true }, false],
    ['another address became the first of its network', { secondary: true }, false],
  ] as const)('%s', (_, change, gone) => expect(told(change, gone)).toBe(false))

  test.each([
    ['the interface went', {}, true],
    ['a new interface', { index: 3 }, false],
    ['another name', { name: 'wan' }, false],
    ['another hardware address', { mac: new Uint8Array(6) }, false],
    ['switched off', { up: false }, false],
    ['no carrier', { carrier: false }, false],
    ['another size of frames', { mtu: 9000 }, false],
  ] as const)('%s', (_, change, gone) => expect(toldOf(change, gone)).toBe(false))

  test('more than fitted', () => expect(isKnown({ kind: 'overrun' }, scene)).toBe(false))
})
