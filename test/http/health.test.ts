import { describe, expect, test } from 'bun:test'
import { canonical, holder, holderOf, livez, readyz } from '../../src/http/health.ts'
import { createCalendar } from '../../src/http/times.ts'
import { address, group, otherGroup, type SourceParts, source } from './fixture.ts'

describe('/livez', () => {
  test('200 while the loop turns', () => expect(livez(source())).toEqual({ status: 200, line: 'live' }))
  test('200 although not ready', () => {
    expect(livez(source({ health: { ready: false, why: 'x' } })).status).toBe(200)
  })
  test('503 with the reason', () => {
    const answer = livez(source({ health: { live: false, why: 'no turn for 12 s' } }))
    expect(answer).toEqual({ status: 503, line: 'not live: no turn for 12 s' })
  })
  test('503 with a reason of its own where none is given', () => {
    expect(livez(source({ health: { live: false } })).line).toBe('not live: the decision loop does not turn')
  })
})

describe('/readyz', () => {
  const cases: [string, SourceParts, string][] = [
    ['a phase before active', { snapshot: { phase: 'joining' } }, 'not ready: the daemon is joining'],
    ['a transition', { snapshot: { stable: false } }, 'not ready: resources are in transition'],
    ['a standby', { snapshot: { stable: false, standby: 'giving' } }, 'not ready: giving resources'],
    ['a fault', { health: { ready: false, why: 'all links are down' } }, 'not ready: all links are down'],
    ['a loop that hangs', { health: { live: false, ready: true, why: 'stuck' } }, 'not ready: stuck'],
  ]
  test('200 when active, settled and well', () => expect(readyz(source())).toEqual({ status: 200, line: 'ready' }))
  test.each(cases)('503 for %s', (_, parts, line) => expect(readyz(source(parts))).toEqual({ status: 503, line }))
})

describe('/holder', () => {
  const ask = (parts: SourceParts) => holder(source(parts), createCalendar()(source(parts).clock()))

  test('200 when what is wanted is held', () => {
    expect(ask({})).toEqual({ status: 200, line: 'alpha holds 10.0.0.1 since 3 min 20 s' })
  })
  test('counts several groups', () => {
    const groups = [group(), group({ key: 'x', sinceMs: 999_000 })]
    expect(ask({ snapshot: { groups } }).line).toBe('alpha holds 2 groups since 1 s')
  })
  test('503 when nothing is held or wanted', () => {
    expect(ask({ snapshot: { groups: [otherGroup()] } })).toEqual({ status: 503, line: 'alpha holds no group' })
  })
  test('503 when one that is wanted is not held, though another is', () => {
    const groups = [group(), group({ key: 'x', state: 'starting', holder: null })]
    expect(ask({ snapshot: { groups } })).toEqual({ status: 503, line: 'alpha means to hold x: starting' })
  })
  test('503 when an address of a held group is gone from its interface', () => {
    const answer = ask({ addresses: [address({ held: false })] })
    expect(answer).toEqual({ status: 503, line: 'alpha means to hold 10.0.0.1: 10.0.0.1 is not on its interface' })
  })
})

describe('/holder/<address>', () => {
  test('200 here', () => {
    expect(holderOf(source(), '10.0.0.1')).toEqual({ status: 200, line: '10.0.0.1 is on alpha (eth0)' })
  })
  test('503 elsewhere, with the place where it is believed to be', () => {
    const line = '10.0.0.2 is not on alpha; beta is believed to hold it'
    expect(holderOf(source(), '10.0.0.2')).toEqual({ status: 503, line })
  })
  test('503 when the group is ours and the address is gone', () => {
    const answer = holderOf(source({ addresses: [address({ held: false })] }), '10.0.0.1')
    expect(answer).toEqual({ status: 503, line: '10.0.0.1 is not on alpha' })
  })
  test('404 for an address that nobody configured, with those that are', () => {
    const line = 'no such address in the configuration; known: 10.0.0.1, 10.0.0.2'
    expect(holderOf(source(), '10.0.0.9')).toEqual({ status: 404, line })
    expect(holderOf(source({ addresses: [] }), 'x').line).toBe('no such address in the configuration; none is')
  })
  test('takes any spelling of an address', () => {
    const from = source({ addresses: [address({ address: '2001:DB8:0::1' })] })
    for (const text of ['2001:db8::1', '2001:0db8:0:0::0001', '2001:db8::1/64']) {
      expect(holderOf(from, text).status).toBe(200)
    }
    expect(holderOf(source(), '10.0.0.1/24').status).toBe(200)
  })
  test('answers one line whatever the configuration holds', () => {
    expect(holderOf(source({ addresses: [address({ address: 'a\nb' })] }), 'x').line).not.toContain('\n')
  })
})

test.each([
  ['10.0.0.1/24', '10.0.0.1'],
  ['FE80::0:1', 'fe80::1'],
  ['::::', '::::'],
  ['Name', 'name'],
])('%s is looked up as %s', (text, expected) => expect(canonical(text)).toBe(expected))
