/** Datagrams that one of the two believes and the other does not: every kind of them. */
import { decode } from '../../../src/wire/codec.ts'
import { get, getBytes } from '../../../src/wire/message.ts'
import { ring, uuidOf } from './datagrams.ts'

export interface Hearing {
  /** As docs/differences.md names it. */
  readonly name: string
  readonly believes: 'hb' | 'heartbeat' | 'each its own way'
  readonly when: (given: Given) => boolean
  /** It depends on what heartbeat has heard before. */
  readonly rare?: boolean
}

/** A datagram and what hb's reader makes of it. */
export interface Given {
  readonly what: string
  readonly reason: string
  readonly detail: string
  /** A field of the message, where there is one. */
  readonly field: (name: string) => string | undefined
  /** It has a UUID, and not that of the node whose name it has. */
  readonly otherUuid: boolean
}

export function given(what: string, datagram: string): Given {
  const read = decode(Buffer.from(datagram, 'latin1'), ring)
  if (!read.ok) return { what, reason: read.reason, detail: read.detail, field: () => undefined, otherUuid: false }
  const uuid = getBytes(read.message, 'srcuuid')
  const otherUuid =
    uuid !== undefined && Buffer.from(uuid).toString('latin1') !== uuidOf(get(read.message, 'src') ?? '')
  return { what, reason: '', detail: '', field: (name) => get(read.message, name), otherUuid }
}

const plainHex = /^[0-9a-fA-F]{1,13}$/
const states = ['init', 'up', 'active', 'dead']

export const hearings: readonly Hearing[] = [
  {
    name: 'a key that only authkeys lists',
    believes: 'hb',
    when: ({ what }) => what === 'the signature of key 4, another text',
  },
  {
    name: "another node's UUID under this node's name",
    believes: 'hb',
    when: ({ reason, otherUuid }) => reason === '' && otherUuid,
    rare: true,
  },
  {
    name: 'a number that is not plain hexadecimal',
    believes: 'heartbeat',
    when: ({ reason, field }) =>
      ['bad-ts', 'bad-seq'].includes(reason) || (reason === '' && !plainHex.test(field('hg') ?? '1')),
  },
  {
    name: 'a signature in another spelling',
    believes: 'heartbeat',
    when: ({ reason, detail }) => reason === 'malformed' && /^the signature is not/.test(detail),
  },
  {
    name: 'a length in another spelling',
    believes: 'heartbeat',
    when: ({ reason, detail }) => reason === 'malformed' && /^there is no length/.test(detail),
  },
  {
    name: 'a field beyond the bounds',
    believes: 'heartbeat',
    when: ({ reason, detail }) => reason === 'malformed' && /impossible name|more than \d+ fields/.test(detail),
  },
  {
    name: 'auth twice in the text form',
    believes: 'heartbeat',
    when: ({ reason, detail }) => reason === 'malformed' && /more than one auth/.test(detail),
  },
  {
    name: 'a node that calls itself dead',
    believes: 'each its own way',
    when: ({ field }) => field('st') === 'dead',
  },
  {
    name: 'a state that there is not',
    believes: 'each its own way',
    when: ({ reason, field }) => reason === '' && !states.includes(field('st') ?? ''),
  },
]
