/**
 * Every medium of ha.cf between two hosts:
 *
 *     here: eth0 10.9.0.1 fe80::1 fd09::1 ── veth ── there: peer0 10.9.0.2 fe80::2 fd09::2
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Medium } from '../../src/config/types.ts'
import { createLinks, type Links } from '../../src/links/links.ts'
import { bytes, collector, sleep, until } from '../links/helpers.ts'
import { ip, Pair, whyNoNamespaces } from './namespace.ts'

const PORT = 694
const FOREVER = 2 ** 30

describe.skipIf(whyNoNamespaces('media between two hosts') !== null)('media between two hosts', () => {
  let pair: Pair
  const opened: Links[] = []

  beforeAll(() => {
    pair = new Pair()
    for (const address of ['fe80::1/64', 'fd09::1/64']) ip(`addr add ${address} dev eth0 nodad`)
    pair.there(() => {
      for (const address of ['fe80::2/64', 'fd09::2/64']) ip(`addr add ${address} dev peer0 nodad`)
    })
  })
  afterEach(() => {
    for (const links of opened.splice(0)) links.close()
  })
  afterAll(() => pair.close())

  /** The same media on both sides; ucast lines name both hosts, as an ha.cf that is the same everywhere does. */
  function both(media: (device: string) => Medium[]) {
    const here = collector()
    const there = collector()
    const a = createLinks(media('eth0'), here)
    // Its timers would look from this side for an interface of the other.
    const b = pair.there(() => createLinks(media('peer0'), there, { retryMs: FOREVER, checkMs: FOREVER }))
    opened.push(a, b)
    return { a, b, here, there }
  }

  const bcast = (device: string): Medium => ({ kind: 'bcast', device, port: PORT })
  const ucast = (device: string): Medium[] =>
    ['10.9.0.1', '10.9.0.2'].map((peer) => ({ kind: 'ucast', device, peer, port: PORT }))
  const ucast6 = (device: string): Medium[] =>
    ['fe80::1', 'fe80::2'].map((peer) => ({ kind: 'ucast6', device, peer, port: PORT }))
  const mcast = (device: string, loop = false): Medium => {
    return { kind: 'mcast', device, group: '239.0.0.43', port: 695, ttl: 1, loop }
  }
  const mcast6 = (device: string, loop = false): Medium => {
    return { kind: 'mcast6', device, group: 'ff02::43', port: 695, ttl: 1, loop }
  }

  test('a ucast peer whose kernel has lost our hardware address, and finds no answer, is told it', async () => {
    const { a, b, here } = both(ucast)
    b.send(bytes('from there'))
    await until('heard', () => here.texts().includes('from there'))
    const neighbour = () => pair.there(() => ip('neigh show 10.9.0.1 dev peer0'))
    pair.there(() => ip('neigh replace 10.9.0.1 dev peer0 nud failed'))
    expect(neighbour()).toContain('FAILED')
    for (let i = 0; i < 2; i++) a.send(bytes('nobody answers'))
    expect(neighbour()).toContain('FAILED')
    a.send(bytes('nobody answers'))
    await until('it knows', () => neighbour().includes('lladdr'))
  })

  test.each([
    ['bcast', (d: string) => [bcast(d)], '10.9.0.1', '10.9.0.2'],
    ['ucast', ucast, '10.9.0.1', '10.9.0.2'],
    ['ucast6, link-local, the device as scope', ucast6, 'fe80::1', 'fe80::2'],
    ['mcast', (d: string) => [mcast(d)], '10.9.0.1', '10.9.0.2'],
  ] as const)('%s, both ways', async (_name, media, fromHere, fromThere) => {
    const { a, b, here, there } = both(media)
    a.send(bytes('from here'))
    b.send(bytes('from there'))
    await until('both heard', () => there.texts().includes('from here') && here.texts().includes('from there'))
    await sleep(20)
    expect(there.got.filter((g) => g.text === 'from here')).toEqual([{ text: 'from here', source: fromHere, bytes: 9 }])
    expect(here.got.filter((g) => g.text === 'from there')).toEqual([
      { text: 'from there', source: fromThere, bytes: 10 },
    ])
    expect(here.states).toEqual(['eth0 up'])
  })

  test('mcast6, both ways', async () => {
    const { a, b, here, there } = both((d) => [mcast6(d)])
    a.send(bytes('from here'))
    b.send(bytes('from there'))
    await until('both heard', () => there.got.length > 0 && here.got.length > 0)
    expect([there.texts(), here.texts()]).toEqual([['from here'], ['from there']])
    expect(there.got[0]!.source).toStartWith('fe80::')
  })

  test('ucast6 to an address that is not link-local', async () => {
    const { a, there } = both((device) => [{ kind: 'ucast6', device, peer: 'fd09::2', port: PORT }])
    a.send(bytes('x'))
    await until('heard', () => there.got.length === 1)
    expect(there.got[0]!.source).toBe('fd09::1')
  })

  test('multicast comes back to its sender only when loop is set', async () => {
    const looped = both((d) => [mcast(d, true), mcast6(d, true)])
    looped.a.send(bytes('x'))
    await until('heard twice by itself', () => looped.here.got.length === 2)
    for (const links of opened.splice(0)) links.close()
    const quiet = both((d) => [mcast(d), mcast6(d)])
    quiet.a.send(bytes('x'))
    await until('heard by the other', () => quiet.there.got.length === 2)
    quiet.a.drain()
    expect(quiet.here.got).toEqual([])
  })

  test('all of them at once on one device, each delivered once', async () => {
    const { a, b, there } = both((d) => [bcast(d), ...ucast(d), ...ucast6(d), mcast(d), mcast6(d)])
    a.send(bytes('x'))
    await until('five ways', () => there.got.length >= 5)
    await sleep(30)
    expect(there.got).toHaveLength(5)
    expect(b.counters().get('peer0')!.received).toBe(5)
    expect(a.states().get('eth0')).toEqual({ up: true, detail: '' })
  })

  test('a multicast on the port of bcast is heard once, not by the broadcast socket too', async () => {
    const { a, there } = both((d) => [bcast(d), { ...mcast(d), port: PORT } as Medium])
    a.send(bytes('x'))
    await until('heard', () => there.got.length >= 2)
    await sleep(30)
    expect(there.got).toHaveLength(2)
  })

  test('a message larger than a packet arrives whole', async () => {
    const { a, there } = both((d) => [bcast(d), ...ucast(d), mcast6(d)])
    a.send(new Uint8Array(60000))
    await until('heard', () => there.got.length === 3)
    expect(there.got.map((g) => g.bytes)).toEqual([60000, 60000, 60000])
  })

  test('500 datagrams in a second over two media: none is lost, for less than a third of a processor', async () => {
    const { a, here, there } = both((d) => [bcast(d), mcast(d)])
    const begin = performance.now()
    const before = process.cpuUsage()
    for (let i = 0; i < 500; i++) {
      a.send(bytes(`${i}`.padStart(300, ' ')))
      await sleep(Math.max(0, begin + 2 * (i + 1) - performance.now()))
    }
    await until('all heard', () => there.got.length === 1000)
    const spent = process.cpuUsage(before)
    expect((spent.user + spent.system) / 1000).toBeLessThan((performance.now() - begin) / 3)
    expect(new Set(here.texts())).toEqual(new Set(there.texts()))
  })

  test('after a stall everything that came meanwhile is there before drain returns', () => {
    const { a, b, there } = both((d) => [bcast(d), mcast(d)])
    for (let i = 0; i < 200; i++) a.send(bytes(`${i}`))
    Bun.sleepSync(50)
    expect(there.got).toEqual([])
    expect(b.drain()).toBe(400)
    expect(new Set(there.texts()).size).toBe(200)
  })

  test('a thousand unread messages of usual size fit into the socket', () => {
    const { a, b } = both(ucast)
    for (let i = 0; i < 1000; i++) a.send(new Uint8Array(311))
    expect(b.drain()).toBe(1000)
  })
})
