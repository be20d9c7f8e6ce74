/** Right messages of every type that nodes and clients say, for fuzzing to spoil. */
import { binary, type Message, text } from '../../src/wire/message.ts'
import { status } from '../wire/example.ts'

const uuid = Uint8Array.from(Buffer.from('0f1e2d3c4b5a69788796a5b4c3d2e1f0', 'hex'))

/** A message of the node bob, as the node ann hears it. */
export function said(type: string, fields: Readonly<Record<string, string>>, seq = '1f'): Message {
  return {
    fields: [
      text('t', type),
      ...Object.entries(fields).map(([name, value]) => text(name, value)),
      text('src', 'bob'),
      binary('srcuuid', uuid),
      text('seq', seq),
      text('hg', '65a1b2c3'),
      text('ts', '65a1b3ff'),
      text('ttl', '3'),
    ],
  }
}

const standby = (info: string) => said('ask_resources', { info, rsc_hold: 'all', dest: 'ann' })

export const messages: readonly Message[] = [
  status,
  said('status', { st: 'active', dt: 'bb8', protocol: '1', rsc_hold: 'all', hb: '1 abcd1234 0.1.0' }),
  said('NS_rexmit', { firstseq: '20', lastseq: '24', dest: 'ann' }),
  said('NS_nak_rexmit', { firstseq: '1f', info: 'seqno not found', dest: 'ann' }),
  said('NS_ackmsg', { ackseq: '1e', dest: 'ann' }),
  said('starting', { resource_stable: '0', info: 'starting' }),
  said('resource', { rsc_hold: 'local', isstable: '1', info: 'mine' }),
  said('reqnodes', { dest: 'ann' }),
  said('repnodes', { nodelist: 'ann bob', dest: 'ann' }),
  ...['me', 'other', 'done'].map(standby),
  said('hb_takeover', { rsc_hold: 'all' }),
  said('ip-request', { ipaddr: '10.0.0.101', dest: 'ann' }),
  said('ip-request-resp', { ipaddr: '10.0.0.101', ok: 'OK', dest: 'ann' }),
  said('shutdone', {}),
  said('hbapi-clstat', { st: 'join', from_id: 'x', to_id: 'x', info: 'signon', client_gen: '1' }),
  said('query-cstatus', { cn: 'ipfail', from_id: 'x', dest: 'ann' }),
  said('ifstat', { node: 'ann', ifname: 'eth0', st: 'up' }),
  {
    fields: [
      ...said('nested', {}).fields,
      { type: 3, name: 'list', value: ['a', 'bb', ''] },
      { type: 2, name: 'inner', value: { fields: [text('a', 'b'), { type: 2, name: 'deep', value: status }] } },
      { type: 4, name: 'packed', value: uuid },
    ],
  },
]

/** What the two forms on the wire consist of. */
export const words: readonly string[] = [
  '###\n',
  '%%%\n',
  '>>>\n',
  '<<<\n',
  '>>>\x14',
  '(0)',
  '(1)',
  '(2)',
  '(3)',
  '(4)',
  '6:(0)a=1,',
  'auth=1 ',
  'src=ann\n',
  'seq=1\n',
  '12:(0)src=alpha,',
  '_compressed_payload',
  '_compression_algorithm=zlib\n',
  '0:,',
  '99999:',
]
