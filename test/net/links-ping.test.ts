/**
 * Ping nodes over a real cable:
 *
 *     here: eth0 10.9.0.1 fe80::1 ── veth ── there: peer0 10.9.0.2 fe80::2
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { PingNode } from '../../src/config/types.ts'
import { createPings, type Pings } from '../../src/links/ping.ts'
import { bytes, pingGroup, pingNode, sleep, until, words } from '../links/helpers.ts'
import { ip, Pair, whyNoNamespaces } from './namespace.ts'

describe.skipIf(whyNoNamespaces('ping nodes') !== null)('ping nodes', () => {
  let pair: Pair
  const opened: Pings[] = []

  beforeAll(() => {
    pair = new Pair()
    ip('addr add fe80::1/64 dev eth0 nodad')
    pair.there(() => ip('addr add fe80::2/64 dev peer0 nodad'))
  })
  afterEach(() => {
    for (const pings of opened.splice(0)) pings.close()
  })
  afterAll(() => pair.close())

  let beats = 0
  function start(...nodes: PingNode[]) {
    const replies: string[] = []
    const problems: string[] = []
    const pings = createPings(nodes, {
      onReply: (node, payload, source) => replies.push(`${node} ${words(payload)} from ${source}`),
      onProblem: (node, detail) => problems.push(`${node}: ${detail}`),
    })
    opened.push(pings)
    return { pings, replies, problems, beat: () => pings.beat(() => bytes(`beat ${++beats}`)) }
  }

  test('a host that is there answers each beat', async () => {
    const { replies, beat } = start(pingNode('gw', '10.9.0.2'))
    for (let i = 1; i <= 5; i++) {
      beat()
      await until('a reply', () => replies.length === i)
    }
    expect(replies.at(-1)).toBe(`gw beat ${beats} from 10.9.0.2`)
  })

  test('a link-local IPv6 host is asked over the interface behind the percent sign', async () => {
    const { replies, problems, beat } = start({ name: 'gw6', kind: 'ping6', hosts: ['fe80::2%eth0'] })
    beat()
    await until('a reply', () => replies.length === 1)
    expect(replies[0]).toBe(`gw6 beat ${beats} from fe80::2`)
    expect(problems).toEqual([])
  })

  test('a group answers as long as one member does', async () => {
    const { pings, replies, beat } = start(pingGroup('routers', '10.9.0.77', '10.9.0.2', '10.9.0.1'))
    for (let i = 1; i <= 3; i++) {
      beat()
      await until('a reply', () => replies.length === i)
      await sleep(20)
    }
    expect(replies).toHaveLength(3)
    pings.drain()
    expect(pings.counters()).toMatchObject({ sent: 9, replies: 3, refused: 3 })
  })

  test('no answer while the cable is out, and answers again when it is back', async () => {
    const { pings, replies, problems, beat } = start(pingNode('gw', '10.9.0.2'))
    ip('link set eth0 down')
    beat()
    await sleep(20)
    expect(replies).toEqual([])
    expect(problems).toEqual(['gw: cannot ping 10.9.0.2: ENETUNREACH (no route; give the interface an address)'])
    expect(pings.counters()).toMatchObject({ sent: 0, sendErrors: 1 })
    ip('link set eth0 up')
    await until('an answer', () => {
      if (replies.length === 0) beat()
      return replies.length > 0
    })
    expect(problems.at(-1)).toBe('gw: ')
  })

  test('two programs that ping at once do not take each other’s replies', async () => {
    const node = pingNode('gw', '10.9.0.2')
    const a = start(node)
    const replies: string[] = []
    const other = createPings([node], { onReply: (_n, p) => replies.push(words(p)), onProblem: () => {} }, { id: 7 })
    opened.push(other)
    a.beat()
    other.beat(() => bytes('mine'))
    await until('both', () => a.replies.length === 1 && replies.length === 1)
    await sleep(10)
    expect(replies).toEqual(['mine'])
    expect(a.pings.counters().refused + other.counters().refused).toBe(0)
  })
})
