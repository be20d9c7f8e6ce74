/**
 * What becomes of links when interfaces do not exist yet, go down, vanish and come back.
 *
 *     eth1 10.8.0.1 ── veth ── far1
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Medium } from '../../src/config/types.ts'
import { lookUpInterface } from '../../src/links/interfaces.ts'
import { createLinks, type Links } from '../../src/links/links.ts'
import { bytes, collector, openDescriptors, sleep, until } from '../links/helpers.ts'
import { ip, Pair, whyNoNamespaces } from './namespace.ts'

const PORT = 694
const bcast: Medium = { kind: 'bcast', device: 'eth1', port: PORT }
const ucast: Medium = { kind: 'ucast', device: 'eth1', peer: '10.8.0.2', port: PORT }
const mcast: Medium = { kind: 'mcast', device: 'eth1', group: '239.0.0.43', port: 695, ttl: 1, loop: true }
const steady: Medium = { kind: 'ucast', device: 'lo', peer: '127.0.0.1', port: PORT }

describe.skipIf(whyNoNamespaces('interfaces that come and go') !== null)('interfaces that come and go', () => {
  let pair: Pair
  const opened: Links[] = []

  beforeAll(() => {
    pair = new Pair()
  })
  afterAll(() => pair.close())
  beforeEach(() => plug())
  afterEach(() => {
    for (const links of opened.splice(0)) links.close()
    if (lookUpInterface('eth1')) ip('link del eth1')
  })

  /** Both ends of this cable are on this side: one hears one's own broadcasts and looped multicasts. */
  function plug(address = '10.8.0.1/24 brd 10.8.0.255') {
    ip('link add eth1 type veth peer name far1')
    ip(`addr add ${address} dev eth1`)
    ip('link set far1 up')
    ip('link set eth1 up')
  }
  function start(...media: Medium[]) {
    const seen = collector()
    const links = createLinks(media, seen, { retryMs: 20, checkMs: 200 })
    opened.push(links)
    return { links, seen, last: () => seen.states.filter((s) => s.startsWith('eth1')).at(-1) }
  }

  test('an interface that does not exist at start is a link that is down; it comes up when the interface does', async () => {
    ip('link del eth1')
    const { links, seen, last } = start(bcast, mcast, steady)
    await until('down', () => last() === 'eth1 down: interface eth1 does not exist')
    plug()
    await until('up', () => last() === 'eth1 up')
    links.send(bytes('hello'))
    await until('heard over all three', () => seen.texts().filter((t) => t === 'hello').length === 3)
    expect(links.counters().get('eth1')).toMatchObject({ sent: 2, sendErrors: 0, received: 2 })
  })

  test('an interface that is set down and up again', async () => {
    const { links, seen, last } = start(mcast, steady)
    await until('up', () => last() === 'eth1 up')
    ip('link set eth1 down')
    links.refresh()
    await until('down', () => last() === 'eth1 down: interface eth1 is down')
    links.send(bytes('nobody'))
    expect(links.counters().get('eth1')).toMatchObject({ sent: 0, sendErrors: 1 })
    expect(links.counters().get('lo')).toMatchObject({ sent: 1 })
    ip('link set eth1 up')
    await until('a carrier', () => !links.states().get('eth1')!.detail.startsWith('interface'))
    links.send(bytes('again'))
    await until('up', () => last() === 'eth1 up')
    await until('its own multicast is heard', () => seen.texts().filter((t) => t === 'again').length === 2)
  })

  test('without being told, a send finds out that the interface is down', async () => {
    const { links, last } = start(bcast, mcast)
    await until('up', () => last() === 'eth1 up')
    ip('link set eth1 down')
    links.send(bytes('x'))
    await until('down', () => last() === 'eth1 down: interface eth1 is down', 150)
  })

  test('a pulled cable is a link without carrier', async () => {
    const { links, last } = start(bcast)
    await until('up', () => last() === 'eth1 up')
    ip('link set far1 down')
    links.refresh()
    await until('down', () => last() === 'eth1 down: interface eth1 has no carrier')
    ip('link set far1 up')
    await until('up', () => last() === 'eth1 up')
  })

  test('an interface that is deleted and made again has another number and is found by its name', async () => {
    const { links, seen, last } = start(bcast, ucast, mcast)
    await until('up', () => last() === 'eth1 up')
    const before = lookUpInterface('eth1')!.index
    for (let round = 1; round <= 3; round++) {
      ip('link del eth1')
      links.send(bytes('nobody'))
      await until('down', () => last() === 'eth1 down: interface eth1 does not exist')
      plug()
      await until('up', () => last() === 'eth1 up')
      links.send(bytes(`round ${round}`))
      await until('its own multicast and broadcast are heard', () => {
        return seen.texts().filter((t) => t === `round ${round}`).length === 2
      })
    }
    expect(lookUpInterface('eth1')!.index).not.toBe(before)
    expect(links.counters().get('eth1')!.reopened).toBeGreaterThanOrEqual(3)
  })

  test('an interface exchanged behind our back, between two looks, is noticed by the next send', async () => {
    const seen = collector()
    const links = createLinks([bcast, mcast], seen, { retryMs: 20, checkMs: 60000 })
    opened.push(links)
    await sleep(60)
    ip('link del eth1')
    plug()
    links.send(bytes('lost'))
    await until('sockets anew', () => links.counters().get('eth1')!.reopened === 1)
    links.send(bytes('again'))
    await until('heard', () => seen.texts().filter((t) => t === 'again').length === 2)
  })

  test('the broadcast address is looked up anew when the interface gets another address', async () => {
    const { links, seen, last } = start(bcast)
    await until('up', () => last() === 'eth1 up')
    ip('addr del 10.8.0.1/24 dev eth1')
    links.refresh()
    await until('down', () => last()?.includes('has no IPv4 broadcast address') === true)
    ip('addr add 10.8.4.1/22 dev eth1')
    await until('up', () => last() === 'eth1 up')
    expect(lookUpInterface('eth1')!.broadcast).toBe('10.8.7.255')
    links.send(bytes('from the new address'))
    await until('its own broadcast is heard', () => seen.got.length === 1)
    expect(seen.got[0]!.source).toBe('10.8.4.1')
  })

  test('a change of address is noticed without being told, within checkMs', async () => {
    const { links, last } = start(bcast)
    await until('up', () => last() === 'eth1 up')
    ip('addr add 10.7.0.1/24 brd + dev eth1')
    ip('addr del 10.8.0.1/24 dev eth1')
    await until('looked at anew', () => links.counters().get('eth1')!.reopened === 1, 600)
  })

  test('one link that is down does not hold up the others, and a down link that is sent to does not flap', async () => {
    const { links, seen } = start(bcast, steady)
    await until('up', () => seen.states.length === 2)
    ip('link set eth1 down')
    for (let i = 0; i < 20; i++) {
      links.send(bytes(`${i}`))
      await sleep(5)
    }
    await until('lo heard all', () => seen.got.length === 20)
    const [first, ...then] = seen.states.filter((s) => s.startsWith('eth1'))
    expect(first).toBe('eth1 up')
    // The carrier may be seen to go before the interface is.
    expect(then.at(-1)).toBe('eth1 down: interface eth1 is down')
    expect(then.filter((s) => s === 'eth1 up')).toEqual([])
  })

  test('fifty lives of an interface leave no descriptor behind', async () => {
    const { links } = start(bcast, ucast, mcast)
    await sleep(30)
    const before = openDescriptors()
    for (let i = 0; i < 50; i++) {
      ip('link del eth1')
      links.refresh()
      plug()
      links.refresh()
    }
    await sleep(30)
    expect(openDescriptors()).toBe(before)
    expect(links.states().get('eth1')).toEqual({ up: true, detail: '' })
  })
})
