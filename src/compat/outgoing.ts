/** What becomes of a message that a program or script of this host wants to send to the cluster. Pure. */
import type { StandbySet } from '../io.ts'
import { encodeClassic } from '../wire/codec.ts'
import { type Field, get, type Message } from '../wire/message.ts'

export type Outgoing =
  | { readonly kind: 'standby'; readonly set: StandbySet }
  | { readonly kind: 'takeover'; readonly set: StandbySet }
  | { readonly kind: 'cluster'; readonly message: Message }
  | { readonly kind: 'refused'; readonly why: string }

/** The common fields and one packet's frame need some of a datagram's 64 KiB. */
const BYTES_MAX = 60_000
const TYPE = /^[A-Za-z0-9_.-]{1,31}$/
/** Only the daemon may put these in. */
const COMMON = new Set(['src', 'srcuuid', 'destuuid', 'seq', 'hg', 'ts', 'ld', 'ttl', 'auth', 'oseq'])
/** What hb says itself, when it is true: said by anybody else it would be believed by the other nodes. */
const OWN = new Set([
  'status',
  'starting',
  'resource',
  'shutdone',
  'stonith',
  'ifstat',
  'ip-request',
  'ip-request-resp',
  'reqnodes',
  'repnodes',
  'query-cstatus',
  'respond-cstatus',
])
/** Nodes come and go with ha.cf and a reload: hb does not take them from a message, and warns whoever sends one. */
export const NODE_CHANGES = new Set(['addnode', 'delnode', 'setweight', 'setsite'])

/** from: the sign-on of the client that sends it, null for the FIFO. */
export function route(message: Message, from: { name: string; generation: number } | null): Outgoing {
  const type = get(message, 't') ?? ''
  if (!TYPE.test(type)) return refused('it has no usable type (t=...)')
  if (type === 'ask_resources') return handover('standby', message)
  if (type === 'hb_takeover') return handover('takeover', message)
  if (OWN.has(type) || /^(NS_|hbapi-)/.test(type)) return refused(`hb says ${type} itself, when it is true`)
  const fields = [...message.fields.filter((f) => !COMMON.has(f.name) && !(from && isReturnAddress(f)))]
  if (from !== null) {
    for (const name of ['from_id', 'to_id']) fields.push({ type: 0, name, value: from.name })
    fields.push({ type: 0, name: 'client_gen', value: String(from.generation) })
  }
  return sendable({ fields })
}

const isReturnAddress = (field: Field) => ['from_id', 'to_id', 'client_gen'].includes(field.name)
const refused = (why: string): Outgoing => ({ kind: 'refused', why })

function handover(kind: 'standby' | 'takeover', message: Message): Outgoing {
  const info = get(message, 'info')
  if (kind === 'standby' && info !== 'me') return refused(`ask_resources with info=${info ?? ''} is for daemons only`)
  const word = get(message, 'rsc_hold') ?? 'all'
  if (word === 'all' || word === 'local' || word === 'foreign') return { kind, set: word }
  // heartbeat's scripts: a standby to failback means foreign; a takeover with that word brings back what is local here.
  if (word === 'failback') return { kind, set: kind === 'standby' ? 'foreign' : 'local' }
  return refused(`rsc_hold is neither all, local, foreign nor failback`)
}

function sendable(message: Message): Outgoing {
  try {
    const bytes = encodeClassic(message, null).length
    if (bytes <= BYTES_MAX) return { kind: 'cluster', message }
    return refused(`it has ${bytes} bytes; at most ${BYTES_MAX} fit into a packet`)
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error))
  }
}
