import { describe, expect, test } from 'bun:test'
import { route } from '../../src/compat/outgoing.ts'
import { message, wordsOf } from './scene.ts'

const fifo = (...words: string[]) => route(message(...words), null)
const client = (...words: string[]) => route(message(...words), { name: 'ipfail', generation: 7 })

describe('what programs want to say', () => {
  test.each([
    [['t=ask_resources', 'rsc_hold=all', 'info=me'], { kind: 'standby', set: 'all' }],
    [['t=ask_resources', 'info=me'], { kind: 'standby', set: 'all' }],
    [['t=ask_resources', 'rsc_hold=failback', 'info=me'], { kind: 'standby', set: 'foreign' }],
    [['t=hb_takeover', 'rsc_hold=failback'], { kind: 'takeover', set: 'local' }],
    [['t=hb_takeover', 'rsc_hold=foreign'], { kind: 'takeover', set: 'foreign' }],
  ] as const)('%p is a command to hb', (words, expected) => {
    expect(fifo(...words)).toEqual(expected)
    expect(client(...words)).toEqual(expected)
  })

  test.each([
    ['t=ask_resources', 'info=done'],
    ['t=ask_resources', 'info=me', 'rsc_hold=everything'],
    ['t=resource', 'rsc_hold=all', 'rtype=full', 'isstable=1'],
    ['t=shutdone', 'st=dead'],
    ['t=status', 'st=dead'],
    ['t=starting'],
    ['t=ip-request-resp', 'ok=OK'],
    ['t=NS_rexmit', 'firstseq=1'],
    ['t=NS_anything'],
    ['t=hbapi-clstat', 'st=join'],
    ['t=repnodes'],
    ['x=1'],
    ['t=two words'],
    ['t='],
  ])('%p %p is not said for anybody', (...words: unknown[]) => {
    const said = words.filter((w) => typeof w === 'string')
    expect(fifo(...said).kind).toBe('refused')
    expect(client(...said).kind).toBe('refused')
  })

  test('a message of its own goes to the cluster under the sender’s name, without what only the daemon may put in', () => {
    const said = client(
      't=my',
      'a=b',
      'src=other',
      'seq=1',
      'auth=1 x',
      'from_id=root',
      'to_id=x',
      'client_gen=0',
      'dest=bob',
    )
    expect(said.kind === 'cluster' && wordsOf(said.message)).toBe(
      't=my a=b dest=bob from_id=ipfail to_id=ipfail client_gen=7',
    )
  })

  test('a script may name a client of its own, and change the list of nodes of heartbeats', () => {
    const said = fifo('t=my', 'to_id=them')
    expect(said.kind === 'cluster' && wordsOf(said.message)).toBe('t=my to_id=them')
    expect(fifo('t=addnode', 'nodelist=dora').kind).toBe('cluster')
  })

  test('what does not fit into a packet is refused before it can do harm', () => {
    expect(fifo('t=my', `a=${'x'.repeat(61_000)}`)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('60000'),
    })
    expect(
      route(
        {
          fields: [
            { type: 0, name: 't', value: 'my' },
            { type: 0, name: 'a', value: 'nul\0' },
          ],
        },
        null,
      ).kind,
    ).toBe('refused')
  })
})
