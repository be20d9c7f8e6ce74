import { describe, expect, test } from 'bun:test'
import { type Action, Ipfail, type Situation } from '../../src/ipfail/ipfail.ts'
import { message } from '../compat/scene.ts'

const calm: Situation = { pings: 1, stable: true, local: true, foreign: false }
const make = (failback = false) => new Ipfail({ partner: 'bob', keepaliveMs: 200, failback })
const say = (type: string) => ({ kind: 'say', type }) as Action
const numbers = (pings: number) => ({ kind: 'say', type: 'num_ping_nodes', pings }) as Action
const seen = (count: number) => message('t=num_ping_nodes', 'src=bob', `num_ping=${count}`)
const youAreDead = message('t=you_are_dead', 'src=bob')
const standby = (set: string) => [expect.objectContaining({ kind: 'standby', set })]

describe('ping nodes are counted and told', () => {
  test.each([
    ['a ping node comes up', message('t=NS_st', 'st=ping', 'src=gateway')],
    ['a link dies', message('t=ifstat', 'node=gateway', 'ifname=gateway', 'st=dead')],
    ['the other ipfail comes', message('t=hbapi-clstat', 'src=bob', 'st=join', 'from_id=ipfail')],
  ])('when %s', (_, event) => {
    expect(make().hear(event, { ...calm, pings: 2 }, 0)).toEqual([numbers(2)])
  })

  test.each([
    ['a link comes up', message('t=ifstat', 'node=gateway', 'st=up')],
    ['this ipfail has signed on', message('t=hbapi-clstat', 'src=ann', 'st=join', 'from_id=ipfail')],
    ['the other ipfail goes', message('t=hbapi-clstat', 'src=bob', 'st=leave', 'from_id=ipfail')],
    ['a node dies', message('t=status', 'src=bob', 'st=dead')],
    ['somebody else counts', message('t=num_ping_nodes', 'src=cat', 'num_ping=9')],
    ['a count is no number', message('t=num_ping_nodes', 'src=bob', 'num_ping=many')],
  ])('but not when %s', (_, event) => {
    const ipfail = make()
    expect(ipfail.hear(event, calm, 0)).toEqual([])
    expect(ipfail.tick(calm, 10_000)).toEqual([])
  })
})

describe('who sees fewer gives up', () => {
  test('at once when the other tells, after two beats, once', () => {
    const ipfail = make()
    expect(ipfail.hear(youAreDead, calm, 1000)).toEqual([])
    expect(ipfail.tick(calm, 1399)).toEqual([])
    expect(ipfail.tick(calm, 1400)).toEqual(standby('all'))
    expect(ipfail.tick(calm, 9000)).toEqual([])
  })

  test('or when its own count is the lower one', () => {
    const ipfail = make()
    expect(ipfail.hear(seen(2), calm, 0)).toEqual([])
    expect(ipfail.tick(calm, 400)).toEqual(standby('all'))
  })

  test('who sees more tells the other', () => {
    expect(make().hear(seen(0), calm, 0)).toEqual([say('you_are_dead')])
  })

  test('not when the other sees as few after all', () => {
    const ipfail = make()
    ipfail.hear(youAreDead, calm, 0)
    expect(ipfail.hear(seen(1), calm, 100)).toEqual([say('abort_giveup')])
    expect(ipfail.tick(calm, 400)).toEqual([])
    ipfail.hear(youAreDead, calm, 1000)
    ipfail.hear(message('t=abort_giveup', 'src=bob'), calm, 1100)
    expect(ipfail.tick(calm, 2000)).toEqual([])
  })

  test('not when there is nothing to give', () => {
    const ipfail = make()
    ipfail.hear(youAreDead, calm, 0)
    expect(ipfail.tick({ ...calm, local: false }, 400)).toEqual([])
  })

  test('nobody but the partner can make this node give up', () => {
    const ipfail = make()
    ipfail.hear(message('t=you_are_dead', 'src=cat'), calm, 0)
    expect(ipfail.tick(calm, 400)).toEqual([])
  })
})

describe('in the middle of changes', () => {
  const busy = { ...calm, stable: false }
  const report = (...words: string[]) => message('t=resource', 'src=bob', 'rsc_hold=local', ...words)

  test('it waits for the partner’s rest, ten seconds more, and counts again', () => {
    const ipfail = make()
    ipfail.hear(youAreDead, busy, 0)
    expect(ipfail.tick(busy, 400)).toEqual([])
    ipfail.hear(report('isstable=0'), busy, 500)
    ipfail.hear(report('isstable=1', 'info=standby'), calm, 600)
    expect(ipfail.tick(calm, 20_000)).toEqual([])
    ipfail.hear(report('isstable=1'), calm, 21_000)
    expect(ipfail.tick(calm, 30_999)).toEqual([])
    expect(ipfail.tick(calm, 31_000)).toEqual([numbers(1)])
    expect(ipfail.tick(calm, 60_000)).toEqual([])
  })
})

describe('when both see the same', () => {
  test('what belongs to the other goes back, with auto_failback on', () => {
    const both = { ...calm, foreign: true }
    const ipfail = make(true)
    expect(ipfail.hear(seen(1), both, 0)).toEqual([say('abort_giveup')])
    expect(ipfail.tick(both, 400)).toEqual(standby('foreign'))
    expect(make(false).hear(seen(1), both, 0)).toEqual([say('abort_giveup')])
  })

  test('and nothing goes where there is nothing foreign', () => {
    const ipfail = make(true)
    ipfail.hear(seen(1), calm, 0)
    expect(ipfail.tick(calm, 400)).toEqual([])
  })
})
