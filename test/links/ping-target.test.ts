import { describe, expect, test } from 'bun:test'
import { PingTarget } from '../../src/links/ping-target.ts'
import { bytes, pingGroup, pingNode } from './helpers.ts'

const target = () => new PingTarget(pingNode('gw', '10.0.0.254'), () => {})

describe('a reply', () => {
  test('is taken once, from the host that was asked, with what was sent', () => {
    const gw = target()
    expect(gw.next(bytes('one'))).toBe(0)
    expect(gw.answered).toBe(false)
    expect(gw.accepts(0, bytes('one'), '10.0.0.253')).toBe(false)
    expect(gw.accepts(0, bytes('two'), '10.0.0.254')).toBe(false)
    expect(gw.accepts(0, bytes('on'), '10.0.0.254')).toBe(false)
    expect(gw.accepts(1, bytes('one'), '10.0.0.254')).toBe(false)
    expect(gw.accepts(0, bytes('one'), '10.0.0.254')).toBe(true)
    expect(gw.answered).toBe(true)
    expect(gw.accepts(0, bytes('one'), '10.0.0.254')).toBe(false)
  })

  test('may come after the next request has gone out', () => {
    const gw = target()
    gw.next(bytes('one'))
    gw.next(bytes('two'))
    expect(gw.accepts(0, bytes('one'), '10.0.0.254')).toBe(true)
    expect(gw.answered).toBe(false)
    expect(gw.accepts(1, bytes('two'), '10.0.0.254')).toBe(true)
  })

  test('to a request of more than 128 beats ago is not known any more', () => {
    const gw = target()
    for (let i = 0; i < 129; i++) gw.next(bytes(`${i}`))
    expect(gw.accepts(0, bytes('0'), '10.0.0.254')).toBe(false)
    expect(gw.accepts(1, bytes('1'), '10.0.0.254')).toBe(true)
  })

  test('of a group counts from any member, the first one only', () => {
    const group = new PingTarget(pingGroup('routers', '10.0.0.253', '10.0.0.254'), () => {})
    group.next(bytes('one'))
    expect(group.accepts(0, bytes('one'), '10.0.0.252')).toBe(false)
    expect(group.accepts(0, bytes('one'), '10.0.0.254')).toBe(true)
    expect(group.accepts(0, bytes('one'), '10.0.0.253')).toBe(false)
  })

  test('of a link-local host comes without the scope it was configured with', () => {
    const node = { name: 'gw6', kind: 'ping6', hosts: ['fe80::1%eth0'] } as const
    const gw = new PingTarget(node, () => {})
    gw.next(bytes('one'))
    expect(gw.accepts(0, bytes('one'), 'fe80::1')).toBe(true)
  })
})

test('sequence numbers start again after 65535, and an old request does not answer for a new one', () => {
  const gw = target()
  for (let i = 0; i <= 0xffff; i++) gw.next(bytes('old'))
  expect(gw.next(bytes('new'))).toBe(0)
  expect(gw.accepts(0, bytes('old'), '10.0.0.254')).toBe(false)
  expect(gw.accepts(0, bytes('new'), '10.0.0.254')).toBe(true)
})

test('hosts are of the family their address says, and names of the family of their kind', () => {
  const hosts = (kind: 'ping' | 'ping6', ...names: string[]) => {
    const t = new PingTarget({ name: 'x', kind, hosts: names }, () => {})
    t.close()
    return t.hosts.map((h) => h.family)
  }
  expect(hosts('ping', '10.0.0.1', '2001:db8::1', 'gateway.invalid')).toEqual([4, 6, 4])
  expect(hosts('ping6', '2001:db8::1', 'gateway.invalid')).toEqual([6, 6])
})
