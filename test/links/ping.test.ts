import { afterEach, describe, expect, test } from 'bun:test'
import type { PingNode } from '../../src/config/types.ts'
import type { EchoSockets } from '../../src/links/echo.ts'
import type { Echo } from '../../src/links/icmp.ts'
import { createPings, type Pings } from '../../src/links/ping.ts'
import type { Lookup } from '../../src/links/resolver.ts'
import { bytes, openDescriptors, pingGroup, pingNode, sleep, until, whyNoRawSockets, words } from './helpers.ts'

const ID = 0x4242

/** A network of hosts that answer when told to. */
function network() {
  const asked: { host: string; echo: Echo; atMs: number }[] = []
  const waiting: { echo: Echo; source: string }[] = []
  const refuse = new Map<string, string>()
  const sockets: EchoSockets = {
    send: (host, _family, echo) => {
      asked.push({ host, echo, atMs: performance.now() })
      return refuse.get(host) ?? ''
    },
    drain: (onReply) => {
      for (const { echo, source } of waiting.splice(0)) onReply(4, echo, source)
    },
    close: () => {},
  }
  const answer = (echo: Echo, source: string) => waiting.push({ echo, source })
  return { asked, answer, refuse, sockets, hosts: () => asked.map((a) => a.host) }
}

const opened: Pings[] = []
function start(nodes: PingNode[], net = network(), lookup?: Lookup) {
  const replies: string[] = []
  const problems: string[] = []
  const pings = createPings(
    nodes,
    {
      onReply: (node, payload, source) => replies.push(`${node} ${words(payload)} from ${source}`),
      onProblem: (node, detail) => problems.push(`${node}: ${detail}`),
    },
    { id: ID, sockets: net.sockets, ...(lookup ? { lookup } : {}) },
  )
  opened.push(pings)
  return { pings, replies, problems, net }
}
afterEach(() => {
  for (const pings of opened.splice(0)) pings.close()
})

const payload = (node: PingNode): Uint8Array => bytes(`for ${node.name}`)

describe('a beat', () => {
  test('asks each node with its own payload, our id, and sequence numbers of its own', () => {
    const { pings, net } = start([pingNode('gw', '10.0.0.1'), pingNode('dns', '10.0.0.2')])
    pings.beat(payload)
    pings.beat(payload)
    expect(net.asked.map(({ host, echo }) => `${host} ${echo.id} ${echo.sequence} ${words(echo.payload)}`)).toEqual([
      `10.0.0.1 ${ID} 0 for gw`,
      `10.0.0.2 ${ID} 0 for dns`,
      `10.0.0.1 ${ID} 1 for gw`,
      `10.0.0.2 ${ID} 1 for dns`,
    ])
  })

  test('asks the members of a group one after the other with a pause', async () => {
    const { pings, net } = start([pingGroup('routers', '10.0.0.1', '10.0.0.2', '10.0.0.3')])
    pings.beat(payload)
    expect(net.hosts()).toEqual(['10.0.0.1'])
    await until('all asked', () => net.asked.length === 3)
    expect(net.asked[2]!.atMs - net.asked[0]!.atMs).toBeGreaterThanOrEqual(3)
    expect(new Set(net.asked.map((a) => a.echo.sequence))).toEqual(new Set([0]))
  })

  test('that comes before the last one is through asks its rest at once, so that rounds never pile up', () => {
    const { pings, net } = start([pingGroup('routers', '10.0.0.1', '10.0.0.2', '10.0.0.3')])
    for (let i = 0; i < 3; i++) pings.beat(payload)
    expect(
      net
        .hosts()
        .map((h) => h.at(-1))
        .join(''),
    ).toBe('1231231')
  })

  test('with a payload of more than 5 KiB is not sent, and says so once', async () => {
    const { pings, net, problems } = start([pingNode('gw', '10.0.0.1')])
    for (let i = 0; i < 2; i++) pings.beat(() => new Uint8Array(5121))
    await sleep(0)
    expect(net.asked).toEqual([])
    expect(problems).toEqual(['gw: the payload has 5121 bytes, more than 5120'])
  })
})

describe('replies', () => {
  test('are delivered with node, payload and source', async () => {
    const { pings, net, replies } = start([pingNode('gw', '10.0.0.1')])
    pings.beat(payload)
    net.answer(net.asked[0]!.echo, '10.0.0.1')
    await until('a reply', () => replies.length > 0)
    expect(replies).toEqual(['gw for gw from 10.0.0.1'])
    expect(pings.counters()).toEqual({ sent: 1, sendErrors: 0, replies: 1, refused: 0 })
  })

  test('with another id are somebody else’s and not even counted', () => {
    const { pings, net, replies } = start([pingNode('gw', '10.0.0.1')])
    pings.beat(payload)
    net.answer({ ...net.asked[0]!.echo, id: ID + 1 }, '10.0.0.1')
    pings.drain()
    expect(replies).toEqual([])
    expect(pings.counters().refused).toBe(0)
  })

  test('from strangers, repeated, or altered are refused and counted', () => {
    const { pings, net, replies } = start([pingNode('gw', '10.0.0.1')])
    pings.beat(payload)
    const { echo } = net.asked[0]!
    net.answer(echo, '10.0.0.9')
    net.answer({ ...echo, payload: bytes('for me') }, '10.0.0.1')
    net.answer({ ...echo, sequence: 7 }, '10.0.0.1')
    net.answer(echo, '10.0.0.1')
    net.answer(echo, '10.0.0.1')
    pings.drain()
    expect(replies).toHaveLength(1)
    expect(pings.counters()).toMatchObject({ replies: 1, refused: 4 })
  })

  test('of a group count once for each beat, whoever is first', () => {
    const { pings, net, replies } = start([pingGroup('routers', '10.0.0.1', '10.0.0.2')])
    pings.beat(payload)
    const { echo } = net.asked[0]!
    net.answer(echo, '10.0.0.2')
    net.answer(echo, '10.0.0.1')
    pings.drain()
    expect(replies).toEqual(['routers for routers from 10.0.0.2'])
  })

  test('of a host that is in two nodes go to the node whose payload it echoes', () => {
    const { pings, net, replies } = start([pingNode('gw', '10.0.0.1'), pingGroup('routers', '10.0.0.1')])
    pings.beat(payload)
    net.answer(net.asked[1]!.echo, '10.0.0.1')
    net.answer(net.asked[0]!.echo, '10.0.0.1')
    pings.drain()
    expect(replies).toEqual(['routers for routers from 10.0.0.1', 'gw for gw from 10.0.0.1'])
  })

  test('that wait are heard before the next beat goes out', () => {
    const { pings, net, replies } = start([pingNode('gw', '10.0.0.1')])
    pings.beat(payload)
    net.answer(net.asked[0]!.echo, '10.0.0.1')
    pings.beat(payload)
    expect(replies).toHaveLength(1)
  })
})

describe('trouble', () => {
  test('with one member of a group keeps no other from being asked, and is told once and when it is over', async () => {
    const { pings, net, problems } = start([pingGroup('routers', '10.0.0.1', '10.0.0.2')])
    net.refuse.set('10.0.0.1', 'ENETUNREACH')
    for (let i = 0; i < 3; i++) {
      pings.beat(payload)
      await sleep(10)
    }
    expect(net.hosts().filter((h) => h === '10.0.0.2')).toHaveLength(3)
    net.refuse.clear()
    pings.beat(payload)
    await sleep(10)
    expect(problems).toEqual([
      'routers: cannot ping 10.0.0.1: ENETUNREACH (no route; give the interface an address)',
      'routers: ',
    ])
    expect(pings.counters()).toMatchObject({ sent: 5, sendErrors: 3 })
  })

  test('a host whose name is not known is asked as soon as it is', async () => {
    const lookup: Lookup = (_name, _family, answer) => answer('', '10.0.0.8')
    const { pings, net, problems } = start([pingNode('gw', 'gateway')], network(), lookup)
    pings.beat(payload)
    expect(net.asked).toEqual([])
    await sleep(5)
    pings.beat(payload)
    await sleep(0)
    expect(net.hosts()).toEqual(['10.0.0.8'])
    expect(problems).toEqual(["gw: 'gateway' is being looked up", 'gw: '])
  })

  test('after close nothing is sent or delivered', async () => {
    const { pings, net, replies } = start([pingGroup('routers', '10.0.0.1', '10.0.0.2')])
    pings.beat(payload)
    pings.close()
    net.answer(net.asked[0]!.echo, '10.0.0.1')
    pings.beat(payload)
    pings.drain()
    await sleep(10)
    expect(net.hosts()).toEqual(['10.0.0.1'])
    expect(replies).toEqual([])
  })
})

describe.skipIf(whyNoRawSockets('ping over lo'))('over lo, for real', () => {
  const real = (nodes: PingNode[]) => {
    const replies: string[] = []
    const problems: string[] = []
    const pings = createPings(nodes, {
      onReply: (node, data, source) => replies.push(`${node} ${words(data)} from ${source}`),
      onProblem: (node, detail) => problems.push(`${node}: ${detail}`),
    })
    opened.push(pings)
    return { pings, replies, problems }
  }

  test('the kernel answers, over IPv4 and IPv6', async () => {
    const { pings, replies, problems } = real([
      pingNode('gw', '127.0.0.1'),
      { name: 'gw6', kind: 'ping6', hosts: ['::1'] },
    ])
    for (let i = 1; i <= 3; i++) {
      pings.beat(payload)
      await until('both replies', () => replies.length === 2 * i)
    }
    expect(replies.slice(0, 2).sort()).toEqual(['gw for gw from 127.0.0.1', 'gw6 for gw6 from ::1'])
    expect(pings.counters()).toMatchObject({ sent: 6, replies: 6, refused: 0 })
    expect(problems).toEqual([])
  })

  test('a payload of 5 KiB comes back whole', async () => {
    const { pings, replies } = real([pingNode('gw', '127.0.0.1')])
    pings.beat(() => bytes('x'.repeat(5120)))
    await until('a reply', () => replies.length === 1)
    expect(replies[0]!.length).toBe('gw  from 127.0.0.1'.length + 5120)
  })

  test('closing leaves no descriptor behind', () => {
    const before = openDescriptors()
    for (let i = 0; i < 50; i++) {
      const { pings } = real([pingNode('gw', '127.0.0.1'), { name: 'gw6', kind: 'ping6', hosts: ['::1'] }])
      pings.beat(payload)
      pings.close()
    }
    expect(openDescriptors()).toBe(before)
  })
})
