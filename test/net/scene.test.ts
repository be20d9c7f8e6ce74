/** The host's interfaces and addresses, listed again when the kernel reports a difference and not otherwise. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Scenes } from '../../src/agents/scene.ts'
import { replaceAddress } from '../../src/linux/addresses.ts'
import { formatIp } from '../../src/linux/ip.ts'
import { Netlink } from '../../src/linux/netlink.ts'
import { ip, Pair, whyNoNamespaces } from './namespace.ts'

describe.skipIf(whyNoNamespaces('test/net/scene') !== null)('scenes', () => {
  let pair: Pair
  let netlink: Netlink
  let scenes: Scenes
  let nowMs = 0
  beforeAll(() => {
    pair = new Pair()
    netlink = new Netlink()
    scenes = new Scenes(
      () => netlink,
      () => nowMs,
    )
  })
  afterAll(() => {
    scenes.close()
    netlink.close()
    pair.close()
  })
  const present = () => scenes.scene().present.map((a) => formatIp(a.ip))

  test('the same list while nothing happens, a new one after two seconds at most', () => {
    const first = scenes.scene()
    expect(scenes.scene()).toBe(first)
    nowMs += 1999
    expect(scenes.scene()).toBe(first)
    nowMs += 1
    expect(scenes.scene()).not.toBe(first)
  })

  test('what another program adds and removes is seen at once', () => {
    expect(present()).not.toContain('10.9.0.77')
    ip('addr add 10.9.0.77/24 dev eth0')
    expect(present()).toContain('10.9.0.77')
    ip('addr del 10.9.0.77/24 dev eth0')
    expect(present()).not.toContain('10.9.0.77')
    expect(scenes.changes().filter((c) => c.kind === 'address')).toHaveLength(2)
    expect(scenes.changes()).toEqual([])
  })

  test('a renewed lease is no difference', () => {
    ip('addr add 10.9.0.78/24 dev eth0 valid_lft 60 preferred_lft 60')
    const before = scenes.scene()
    scenes.changes()
    const mine = before.present.find((a) => formatIp(a.ip) === '10.9.0.78')!
    for (let n = 0; n < 5; n++) replaceAddress(netlink, { ...mine, leaseS: 60 + n })
    expect(scenes.scene()).toBe(before)
    expect(scenes.changes()).toEqual([])
  })

  test('an interface that goes down and up between two looks is told', () => {
    scenes.scene()
    ip('link set eth0 down')
    ip('link set eth0 up')
    const told = scenes.changes().flatMap((c) => (c.kind === 'link' ? [c.interface.up] : []))
    expect(told).toContain(false)
    expect(told.at(-1)).toBe(true)
  })

  test('after a change of one’s own it lists again', () => {
    const before = scenes.scene()
    scenes.stale()
    expect(scenes.scene()).not.toBe(before)
  })
})
