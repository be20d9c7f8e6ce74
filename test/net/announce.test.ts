/** What the other side of the cable hears, and what is heard from it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { announcement } from '../../src/linux/arp.ts'
import { findInterface } from '../../src/linux/interfaces.ts'
import { parseIp } from '../../src/linux/ip.ts'
import { advertisement } from '../../src/linux/ndp.ts'
import { Netlink } from '../../src/linux/netlink.ts'
import { ETH_P_ARP, ETH_P_IPV6, FrameListener, FrameSender } from '../../src/linux/packet.ts'
import { Bench, resource, sleep } from './bench.ts'
import { ip, whyNoNamespaces } from './namespace.ts'

const skip = whyNoNamespaces('test/net/announce') !== null
const FOUR = 'IPaddr::10.9.0.50/24/eth0'
const SIX = 'IPv6addr::fd00::9/64/eth0'
const bytes = (text: string): Uint8Array => parseIp(text)!
const hex = (frame: Uint8Array): string => Buffer.from(frame).toString('hex')

describe.skipIf(skip)('announcements', () => {
  let bench: Bench
  let mac: Uint8Array
  let arp: FrameListener
  let ipv6: FrameListener

  beforeAll(async () => {
    bench = new Bench({ arpCount: 3, arpIntervalMs: 100 })
    const netlink = new Netlink()
    mac = findInterface(netlink, 'eth0')!.mac
    netlink.close()
    bench.pair.there(() => {
      arp = new FrameListener(ETH_P_ARP)
      ipv6 = new FrameListener(ETH_P_IPV6)
    })
    // The kernel drops what is sent in the first moment after an interface got its carrier.
    await sleep(100)
  })
  afterEach(() => {
    for (const text of [FOUR, SIX]) bench.run('stop', text)
    bench.clean()
    heard(arp)
    heard(ipv6)
  })
  afterAll(() => {
    arp.close()
    ipv6.close()
    bench.close()
  })

  /** Time for a frame to cross the cable, without a turn of the event loop: no timer can have sent it. */
  const crossing = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30)

  /** The frames that have come in, advertisements only of IPv6. */
  function heard(listener: FrameListener): string[] {
    crossing()
    const frames: string[] = []
    for (let frame = listener.receive(); frame; frame = listener.receive()) {
      if (listener === arp || frame[54] === 136) frames.push(hex(frame))
    }
    return frames
  }

  const other = Uint8Array.of(2, 0, 0, 0, 0, 0x77)

  /** The other side announces addresses as those of a hardware address, and the frames have come in here. */
  function claimThere(claimant: Uint8Array, ...addresses: string[]): void {
    bench.pair.there(() => {
      const netlink = new Netlink()
      const { index } = findInterface(netlink, 'peer0')!
      const sender = new FrameSender()
      for (const address of addresses) sender.send(index, announcement(1, claimant, bytes(address)))
      sender.close()
      netlink.close()
    })
    crossing()
  }

  const request = () => hex(announcement(1, mac, bytes('10.9.0.50')))
  const reply = () => hex(announcement(2, mac, bytes('10.9.0.50')))

  test('the first request and reply are out when start returns, byte for byte', () => {
    bench.run('start', FOUR)
    expect(heard(arp)).toEqual([request(), reply()])
  })

  test('then pairs at their interval, as many as were asked for', async () => {
    bench.run('start', FOUR)
    await bench.agents.announced(resource(FOUR))
    expect(heard(arp)).toEqual([request(), reply(), request(), reply(), request(), reply()])
    await sleep(250)
    expect(heard(arp)).toEqual([])
  })

  test('an address that is left to another host is announced as that one’s, from this interface, until it is held again', async () => {
    const theirs = Uint8Array.from([2, 0x77, 0, 0, 0, 2])
    bench.run('start', FOUR)
    await bench.agents.announced(resource(FOUR))
    heard(arp)
    bench.agents.redirect([resource(FOUR)], '02:77:00:00:00:02', 'given up')
    bench.agents.drop([resource(FOUR)])
    const as = (operation: 1 | 2) => hex(announcement(operation, theirs, bytes('10.9.0.50'), mac))
    expect(heard(arp)).toEqual([as(1), as(2)])
    await sleep(150)
    expect(heard(arp)).toContain(as(1))
    bench.run('start', FOUR)
    await bench.agents.announced(resource(FOUR))
    expect(heard(arp).filter((frame) => frame === as(1) || frame === as(2))).toEqual([])
  })

  test('stop ends them at once', async () => {
    bench.run('start', FOUR)
    heard(arp)
    bench.run('stop', FOUR)
    await sleep(250)
    expect(heard(arp)).toEqual([])
  })

  test('again on demand, for held addresses only', () => {
    bench.agents.announce([resource(FOUR)], 'the peer returned')
    expect(heard(arp)).toEqual([])
    bench.run('start', FOUR)
    heard(arp)
    bench.agents.announce([resource(FOUR), resource('apache')], 'the peer returned')
    expect(heard(arp)).toEqual([request(), reply()])
    expect(bench.log.at(-1)).toBe('info announcing 10.9.0.50 on eth0: the peer returned')
  })

  test('an IPv6 address is advertised to all nodes', async () => {
    bench.run('start', SIX)
    const frame = hex(advertisement(mac, bytes('fd00::9')))
    expect(heard(ipv6)).toEqual([frame])
    await bench.agents.announced(resource(SIX))
    expect(heard(ipv6)).toEqual([frame, frame])
  })

  test('the other side learns the new hardware address from them', async () => {
    const neighbour = () => bench.pair.there(() => ip('neigh show 10.9.0.50 dev peer0'))
    bench.pair.there(() => ip('neigh replace 10.9.0.50 lladdr 02:00:00:00:00:99 dev peer0 nud stale'))
    expect(neighbour()).toContain('02:00:00:00:00:99')
    bench.run('start', FOUR)
    await sleep(20)
    expect(neighbour()).toContain(
      Buffer.from(mac)
        .toString('hex')
        .replace(/(..)(?=.)/g, '$1:'),
    )
  })

  test('an interface that goes away in between is said once, and no error', async () => {
    ip('link add spare type veth peer name spare1')
    bench.run('start', 'IPaddr::10.8.0.1/24/spare')
    ip('link del spare')
    await bench.agents.announced(resource('IPaddr::10.8.0.1/24/spare'))
    expect(bench.log.filter((line) => line.startsWith('WARN'))).toEqual([
      'WARN cannot announce 10.8.0.1 on spare: there is no interface spare',
    ])
    bench.run('stop', 'IPaddr::10.8.0.1/24/spare')
  })

  test('a conflict is heard: another claims what is held here', () => {
    bench.agents.poll()
    bench.run('start', FOUR)
    claimThere(other, '10.9.0.50', '10.9.0.50', '10.9.0.51')
    expect(bench.agents.poll().conflicts).toEqual([{ address: '10.9.0.50', mac: '02:00:00:00:00:77' }])
    expect(bench.agents.poll().conflicts).toEqual([])
    bench.run('stop', FOUR)
  })

  test('what was said before the address was put here is no conflict', () => {
    bench.agents.poll()
    claimThere(other, '10.9.0.50')
    bench.run('start', FOUR)
    expect(bench.agents.poll().conflicts).toEqual([])
  })

  test('our own announcements that come back over a second interface are no conflict', () => {
    bench.agents.poll()
    bench.run('start', FOUR)
    claimThere(mac, '10.9.0.50')
    expect(bench.agents.poll().conflicts).toEqual([])
  })

  test('when the interface comes back, its addresses are announced again', async () => {
    bench.run('start', FOUR)
    bench.agents.poll()
    await bench.agents.announced(resource(FOUR))
    heard(arp)
    ip('link set eth0 down')
    bench.agents.poll()
    ip('link set eth0 up')
    bench.agents.poll()
    expect(bench.log.at(-1)).toBe('info announcing 10.9.0.50 on eth0: eth0 came back')
    await bench.agents.announced(resource(FOUR))
    expect(heard(arp)).toEqual(expect.arrayContaining([request(), reply()]))
  })

  test('changes of interfaces and addresses are heard', () => {
    bench.agents.poll()
    ip('addr add 10.9.0.99/24 dev eth0')
    ip('link set eth0 down')
    ip('link set eth0 up')
    const { changes } = bench.agents.poll()
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'address', gone: false }))
    const links = changes.flatMap((c) => (c.kind === 'link' && c.interface.name === 'eth0' ? [c.interface.up] : []))
    expect(links).toContain(false)
    expect(links.at(-1)).toBe(true)
    expect(bench.agents.poll().changes).toEqual([])
  })
})
