import { afterEach, describe, expect, test } from 'bun:test'
import type { Medium } from '../../src/config/types.ts'
import { createLinks, type Links, type LinksOptions } from '../../src/links/links.ts'
import { bytes, collector, openDescriptors, sleep, until } from './helpers.ts'

const PORT = 46941
const self: Medium = { kind: 'ucast', device: 'lo', peer: '127.0.0.1', port: PORT }
const self6: Medium = { kind: 'ucast6', device: 'lo', peer: '::1', port: PORT }
const group: Medium = { kind: 'mcast', device: 'lo', group: '239.0.0.1', port: PORT, ttl: 0, loop: true }

const opened: Links[] = []
function start(media: Medium[], options: LinksOptions = {}) {
  const seen = collector()
  const links = createLinks(media, seen, { retryMs: 10, ...options })
  opened.push(links)
  return { links, seen }
}
afterEach(() => {
  for (const links of opened.splice(0)) links.close()
})

describe('states', () => {
  test('are told once, and not before createLinks has returned', async () => {
    const { seen } = start([self])
    expect(seen.states).toEqual([])
    await sleep(50)
    expect(seen.states).toEqual(['lo up'])
  })

  test('a missing interface is a link that is down, and keeps no other from working', async () => {
    const { links, seen } = start([{ ...self, device: 'nosuchif0' }, self])
    await sleep(30)
    expect(seen.states).toEqual(['nosuchif0 down: interface nosuchif0 does not exist', 'lo up'])
    links.send(bytes('x'))
    expect(links.drain()).toBe(1)
    expect(links.counters().get('nosuchif0')).toMatchObject({ sent: 0, skipped: 1, sendErrors: 0 })
  })

  test('bcast on an interface that has none says so and names the way out', async () => {
    const { seen } = start([{ kind: 'bcast', device: 'lo', port: PORT }])
    await until('a state', () => seen.states.length > 0)
    expect(seen.states).toEqual([
      'lo down: bcast: interface lo has no IPv4 broadcast address; give it an address, or use ucast',
    ])
  })

  test('one medium that works keeps the link up; the other is named', async () => {
    const { links } = start([self, { kind: 'bcast', device: 'lo', port: PORT }])
    expect(links.states().get('lo')).toMatchObject({ up: true, detail: expect.stringContaining('bcast: interface lo') })
  })

  test('a serial line is a link that is down, with what to use in its place', async () => {
    const { seen } = start([{ kind: 'serial', device: '/dev/ttyS0', baud: 19200 }])
    await until('a state', () => seen.states.length > 0)
    expect(seen.states[0]).toContain('/dev/ttyS0 down: serial lines are not driven; use ucast')
  })

  test('a peer whose name is not found brings the link up when it is', async () => {
    let answer = (_code: string, _address: string): void => {}
    const { seen, links } = start([{ ...self, peer: 'beta' }], {
      lookup: (_name, _family, a) => {
        answer = a
      },
    })
    await sleep(20)
    expect(seen.states).toEqual(["lo down: ucast: 'beta' is being looked up"])
    answer('', '127.0.0.1')
    await until('up', () => seen.states.at(-1) === 'lo up')
    links.send(bytes('found'))
    await until('delivery', () => seen.texts().includes('found'))
  })

  test('a port that is taken is told, and the link comes up when it is free', async () => {
    const other = await Bun.udpSocket({ port: PORT, hostname: '0.0.0.0' })
    const { seen } = start([self])
    await until('a state', () => seen.states.length > 0)
    expect(seen.states[0]).toContain(`lo down: ucast: cannot listen on port ${PORT}: bind: EADDRINUSE (another program`)
    other.close()
    await until('up', () => seen.states.at(-1) === 'lo up')
  })
})

describe('datagrams', () => {
  test('several media on one device share sockets and name, and each datagram is delivered once for each', async () => {
    const { links, seen } = start([self, { ...self, peer: '127.0.0.2' }, self6, group])
    links.send(bytes('four ways'))
    await until('four deliveries', () => seen.got.length === 4)
    await sleep(30)
    expect(seen.texts()).toEqual(Array(4).fill('four ways'))
    expect(seen.got.filter((g) => g.source === '::1')).toHaveLength(1)
    expect(seen.got.filter((g) => g.source === '127.0.0.1').length).toBeGreaterThanOrEqual(2)
    expect(links.counters().get('lo')).toEqual({ sent: 4, sendErrors: 0, skipped: 0, received: 4, reopened: 0 })
  })

  test('one that is too long is an error and no reason to call the link down', async () => {
    const { links, seen } = start([self])
    links.send(new Uint8Array(65508))
    links.send(bytes('x'))
    expect(links.drain()).toBe(1)
    await sleep(20)
    expect(links.counters().get('lo')).toMatchObject({ sent: 1, sendErrors: 1 })
    expect(seen.states).toEqual(['lo up'])
  })

  test('drain within a delivery does nothing', () => {
    let inner = -1
    const links = createLinks([self], {
      onDatagram: () => {
        inner = links.drain()
      },
      onState: () => {},
    })
    opened.push(links)
    links.send(bytes('x'))
    expect(links.drain()).toBe(1)
    expect(inner).toBe(0)
  })
})

describe('close', () => {
  test('silences everything: sending, draining, states', async () => {
    const { links, seen } = start([self])
    links.send(bytes('x'))
    links.close()
    links.send(bytes('y'))
    links.refresh()
    expect(links.drain()).toBe(0)
    await sleep(30)
    expect(seen.got).toEqual([])
    expect(seen.states).toEqual([])
  })

  test('leaves no descriptor behind', async () => {
    await sleep(10)
    const before = openDescriptors()
    for (let i = 0; i < 100; i++) createLinks([self, self6, group], collector()).close()
    await sleep(20)
    expect(openDescriptors()).toBe(before)
  })
})
