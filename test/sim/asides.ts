/**
 * What a scenario may do beside faults: ask a node for its status, read a line of configuration, let somebody who is
 * no node send a datagram. Each answers with lines.
 */
import { statusText } from '../../src/cli/status-text.ts'
import { bareAddress, isAddress } from '../../src/config/address-agents.ts'
import type { Reading } from '../../src/config/parse.ts'
import { problemText } from '../../src/config/problem.ts'
import type { KeyRing } from '../../src/config/types.ts'
import { Engine } from '../../src/engine.ts'
import { statusDocument } from '../../src/http/status.ts'
import { createCalendar } from '../../src/http/times.ts'
import { latin1Of } from '../../src/wire/bytes.ts'
import { decode, encode, encodeClassic } from '../../src/wire/codec.ts'
import { item } from '../../src/wire/list.ts'
import { type Message, text } from '../../src/wire/message.ts'
import { writeNetstring } from '../../src/wire/netstring.ts'
import { sign } from '../../src/wire/signature.ts'
import { read as readFiles, readWith } from '../config/helper.ts'
import { ring } from '../wire/keys.ts'
import type { Host } from './host.ts'
import type { World } from './world.ts'

/** What `hb check` finds in a right configuration with that line in that file. */
const WITH: Readonly<Record<string, (line: string) => Reading>> = {
  'ha.cf': readWith,
  haresources: (haresources) => readFiles({ haresources }),
  authkeys: (text) => readFiles({ authkeys: { text, mode: 0o100600 } }),
  'hb.cf': (hbCf) => readFiles({ hbCf }),
}
export const files: readonly string[] = Object.keys(WITH)

export function checkLines(file: string, line: string): string[] {
  const { problems } = WITH[file]!(`${line}\n`)
  return problems.length === 0 ? [`${file}: ${line}: right`] : problems.map((p) => problemText(p))
}

/** What `hb status` prints there. */
export function statusLines(world: World, host: Host): string[] {
  const { brain } = host
  if (!(brain instanceof Engine)) return [`hb does not run on ${host.name}`]
  const snapshot = brain.snapshot()
  const clock = { ms: host.kernel.ms, wallMs: world.wallS(host) * 1000 }
  const facts = world.scene.groups.flatMap((group) =>
    group.resources.filter(isAddress).map((resource) => {
      const address = bareAddress(resource)
      const wanted = snapshot.groups.some((g) => g.key === group.key && ['starting', 'held'].includes(g.state))
      const held = host.has(address)
      const announced = held && world.segment.mistaken(address, host.name).length === 0
      return { address, group: group.key, wanted, held, announced, leaseSecondsLeft: null, device: 'eth0', label: '' }
    }),
  )
  const source = {
    snapshot: () => snapshot,
    clock: () => clock,
    addresses: () => facts,
    version: '0',
    refusals: () => ({}),
    healthy: () => ({ live: true, ready: true, why: '' }),
    lateness: () => ({ lastMs: 0, maxMs: 0 }),
  }
  return statusText(statusDocument(source, createCalendar()(clock)))
    .trimEnd()
    .split('\n')
}

/** What every node of a scenario has in authkeys: it signs with key 1 and believes key 2 as well. */
const KEYS = '1 sha1 labsecret\n2 md5 othersecret\n'
const OWN = ring(`auth 1\n${KEYS}`)

function misSigned(signed: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(signed)
  const at = bytes.length - 2
  bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30
  return bytes
}

function netstring(message: Message, keys: KeyRing, auth: string): Uint8Array {
  const body = writeNetstring([...message.fields, text('auth', auth)])
  return new TextEncoder().encode(body + item(sign(body, keys)))
}

/** Datagrams by name: how one and the same message may come. */
const FORMS: Readonly<Record<string, (message: Message) => Uint8Array>> = {
  netstring: (m) => encode(m, OWN, { innerAuth: false }),
  text: (m) => encodeClassic(m, OWN),
  'second-key': (m) => encode(m, ring(`auth 2\n${KEYS}`), { innerAuth: false }),
  'unknown-key': (m) => encode(m, ring('auth 9\n9 sha1 nobodyknows\n'), { innerAuth: false }),
  'wrong-signature': (m) => misSigned(encode(m, OWN, { innerAuth: false })),
  'wrong-field-auth': (m) => netstring(m, OWN, '1 0000'),
}
export const forms: readonly string[] = Object.keys(FORMS)

/** A node of another cluster on the same segment, with the same keys or not, says that it is active. */
export function datagramLines(world: World, host: Host, form: string): string[] {
  const ts = world.wallS(host).toString(16)
  const said = { t: 'status', st: 'active', dt: 'bb8', protocol: '1', src: 'eve', seq: '1', hg: '1', ts, ttl: '3' }
  const bytes = FORMS[form]!({ fields: Object.entries(said).map(([name, value]) => text(name, value)) })
  const decoded = decode(bytes, OWN)
  const start = JSON.stringify(latin1Of(bytes.subarray(0, 12)))
  if (!decoded.ok) return [`${start}...: refused: ${decoded.reason}: ${decoded.detail}`]
  const before = counters(host)
  world.input(host, { kind: 'message', message: decoded.message, link: world.scene.links[0]!, source: 'eve' })
  const after = counters(host)
  const counted = Object.keys(after).filter((name) => name.startsWith('refused_') && after[name] !== before[name])
  return [`${start}...: read as ${decoded.form}, key ${decoded.key}; counted: ${counted.join(', ')}`]
}

function counters(host: Host): Readonly<Record<string, number>> {
  return host.brain instanceof Engine ? { ...host.brain.ctx.counters } : {}
}
