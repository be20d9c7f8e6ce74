/** What is passed on to the programs and scripts of this host, as heartbeat does: clients hear almost everything. */
import { get, type Message, text } from '../wire/message.ts'
import type { Context } from './context.ts'
import type { Peer } from './peer.ts'

/** Between the daemons only. */
const PRIVATE = new Set(['reqnodes', 'repnodes'])
/** What the daemon acts on itself, so that no script of that name is run. */
const HANDLED = new Set([
  'starting',
  'resource',
  'ask_resources',
  'shutdone',
  'addnode',
  'delnode',
  'setweight',
  'setsite',
  'query-cstatus',
  'respond-cstatus',
  'hbapi-clstat',
])

/** A message for this node, its own ones included; not for status, which is told when it changes. */
export function passOn(ctx: Context, message: Message): void {
  const type = get(message, 't') ?? ''
  if (type.startsWith('NS_') || type === 'status' || PRIVATE.has(type)) return
  ctx.emit({ kind: 'deliver', message })
  if (!HANDLED.has(type)) ctx.emit({ kind: 'notify', script: type, message })
}

/** A node's new state; message is the status that said so, null for a node that has fallen silent. */
export function tellState(ctx: Context, peer: Peer, message: Message | null): void {
  const told = message ?? deathOf(ctx, peer)
  ctx.emit({ kind: 'deliver', message: told })
  ctx.emit({ kind: 'notify', script: get(told, 't') ?? 'status', message: told })
}

function deathOf(ctx: Context, peer: Peer): Message {
  const fields = [text('t', 'status'), text('seq', '1'), text('ts', ctx.now.wallS.toString(16))]
  const who = [text('src', peer.name), text('st', 'dead')]
  return { fields: [...fields, ...who, ...(peer.kind === 'ping' ? [text('info', 'ping')] : [])] }
}

/** A link's new state. */
export function tellLink(ctx: Context, node: string, link: string, state: 'up' | 'dead'): void {
  const message = { fields: [text('t', 'ifstat'), text('node', node), text('ifname', link), text('st', state)] }
  ctx.emit({ kind: 'deliver', message })
  ctx.emit({ kind: 'notify', script: 'ifstat', message })
}
