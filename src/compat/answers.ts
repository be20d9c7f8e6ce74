/** Answers to the requests of clients that have signed on, but for those that change the client itself. Pure. */
import { binary, type Field, get, getBytes, type Message, text } from '../wire/message.ts'
import { claimOf, facilityNumber, findNode, inOrder, parameter, type View } from './view.ts'

const SIGNALS_MAX = 64
const BAD = 'EINVAL'

/** The fields of an answer behind t and reqtype: several answers for a list. A string is a refusal. */
type Answer = readonly (readonly Field[])[] | string

const ok = (...fields: Field[]): Answer => [[...fields, text('result', 'OK')]]
const resp = (reqtype: string, fields: readonly Field[]): Message => ({
  fields: [text('t', 'hbapi-resp'), text('reqtype', reqtype), ...fields],
})

/** The answer to a request of that type, for a client of this host that is not answered elsewhere. */
export function answer(request: Message, view: View, clients: (name: string) => boolean): Message[] {
  const type = get(request, 'reqtype') ?? ''
  const made = Object.hasOwn(makers, type) ? makers[type]!(request, view, clients) : BAD
  if (typeof made === 'string') return [refusal(type, made)]
  return made.map((fields) => resp(type, fields))
}

/** A refusal as heartbeat words it. */
export const refusal = (reqtype: string, info: string): Message =>
  resp(reqtype, [text('result', 'badreq'), text('info', info)])

/** The answer to a sign-on; denied is the reason of a refusal. */
export function signonAnswer(view: View, denied: string | null): Message {
  const { cluster, logging } = view.config
  const verdict = denied === null ? [text('result', 'OK')] : [text('info', denied), text('result', 'badreq')]
  return resp('signon', [
    ...verdict,
    text('deadtime', cluster.deadtimeMs.toString(16)),
    text('keepalive', cluster.keepaliveMs.toString(16)),
    text('node', view.snapshot.node),
    text('hbversion', view.version),
    text('pacemaker', 'false'),
    text('logfacility', String(facilityNumber(logging.facility))),
  ])
}

/** A node that another daemon has to be asked about. */
export function remoteNode(request: Message, view: View): string | null {
  const node = findNode(view, get(request, 'node'))
  const asks = get(request, 'reqtype') === 'clientstatus' && get(request, 'cn') !== undefined
  return asks && node !== undefined && !node.local && node.state === 'active' ? node.name : null
}

type Maker = (request: Message, view: View, clients: (name: string) => boolean) => Answer

/** Several answers in a row: all but the last say that more is to come. */
function list(rows: readonly (readonly Field[])[]): Answer {
  return rows.map((fields, i) => [...fields, text('result', i === rows.length - 1 ? 'OK' : 'ok/more')])
}

const ofNode =
  (field: (node: NonNullable<ReturnType<typeof findNode>>) => Field): Maker =>
  (request, view) => {
    const node = findNode(view, get(request, 'node'))
    return node === undefined ? BAD : ok(field(node))
  }

const makers: Readonly<Record<string, Maker>> = {
  nodelist: (_, view) =>
    list(inOrder(view).map((n) => [text('node', n.name), text('nodetype', n.kind), text('st', n.state)])),
  nodestatus: ofNode((node) => text('st', node.state)),
  nodetype: ofNode((node) => text('nodetype', node.kind)),
  nodeweight: ofNode(() => text('weight', '100')),
  nodesite: ofNode(() => text('site', '')),
  numnodes: (_, { snapshot }) => ok(text('numnodes', String(snapshot.nodes.filter((n) => n.kind === 'normal').length))),
  iflist(request, view) {
    const node = findNode(view, get(request, 'node'))
    if (node === undefined || node.links.length === 0) return BAD
    return list(node.links.map((l) => [text('ifname', l.name), text('st', l.state)]))
  },
  ifstatus(request, view) {
    const link = findNode(view, get(request, 'node'))?.links.find((l) => l.name === get(request, 'ifname'))
    return link === undefined ? BAD : ok(text('st', link.state))
  },
  clientstatus(request, view, clients) {
    const node = findNode(view, get(request, 'node'))
    const name = get(request, 'cn')
    if (node === undefined || name === undefined) return BAD
    const online = node.local && clients(name)
    return ok(text('subt', 'respond-cstatus'), text('cs', online ? 'online' : 'offline'))
  },
  getparm(request, view) {
    const name = get(request, 'pname')
    if (name === undefined) return BAD
    const value = parameter(view, name)
    return value === undefined ? ok() : ok(text('pvalue', value))
  },
  getrsc: (_, view) => ok(text('rsc_hold', claimOf(view))),
  getuuid(request, view) {
    const name = get(request, 'queryname')
    if (name === undefined) return 'no query node name found'
    const uuid = bytesOfUuid(findNode(view, name)?.uuid ?? '')
    return uuid === null ? ok() : ok(binary('queryuuid', uuid))
  },
  getnodename(request, { snapshot }) {
    const uuid = getBytes(request, 'queryuuid')
    if (uuid === undefined) return 'no query node name found'
    const name = snapshot.nodes.find((n) => bytesOfUuid(n.uuid)?.toString() === uuid.toString())?.name
    return name === undefined ? ok() : ok(text('queryname', name))
  },
}

/** The signal of a setsignal request, 0 for none; null for a bad one. */
export function wantedSignal(request: Message): number | null {
  const word = get(request, 'signal') ?? ''
  return /^[0-9]{1,2}$/.test(word) && Number(word) <= SIGNALS_MAX ? Number(word) : null
}

function bytesOfUuid(uuid: string): Buffer | null {
  const hex = uuid.replaceAll('-', '')
  return /^[0-9a-f]{32}$/.test(hex) ? Buffer.from(hex, 'hex') : null
}
