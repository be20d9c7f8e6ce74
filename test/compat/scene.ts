/** A made-up cluster as the client socket shows it, and short ways to write messages. */

import type { View } from '../../src/compat/view.ts'
import type { Config } from '../../src/config/types.ts'
import type { NodeView, Snapshot } from '../../src/io.ts'
import { get, type Message, text } from '../../src/wire/message.ts'

const node = (name: string, over: Partial<NodeView> = {}): NodeView => ({
  name,
  kind: 'normal',
  local: false,
  state: 'active',
  hb: false,
  uuid: '',
  generation: 1,
  deadtimeMs: 1000,
  lastHeardMs: 0,
  lateBeats: 0,
  lostMessages: 0,
  sinceMs: 0,
  claim: 'local',
  links: [
    { name: 'eth0', state: 'up', lastHeardMs: 0 },
    { name: 'eth1', state: 'dead', lastHeardMs: null },
  ],
  ...over,
})

const gateway = { name: 'gateway', state: 'up' as const, lastHeardMs: 0 }

export function scene(over: Partial<Snapshot> = {}): View {
  const snapshot: Snapshot = {
    node: 'ann',
    uuid: '00112233-4455-6677-8899-aabbccddeeff',
    generation: 1,
    phase: 'active',
    stable: true,
    claim: 'local',
    otherClaim: 'local',
    standby: 'no',
    autoFailback: 'on',
    startedMs: 0,
    nodes: [
      node('ann', { local: true, uuid: '00112233-4455-6677-8899-aabbccddeeff' }),
      node('bob', { state: 'dead' }),
      node('cat'),
      node('gateway', { kind: 'ping', state: 'ping', links: [gateway] }),
    ],
    localLinks: [],
    groups: [],
    counters: {},
    events: [],
    warnings: [],
    ...over,
  } as Snapshot
  const config = {
    cluster: { deadtimeMs: 1000, keepaliveMs: 200 },
    logging: { facility: 'local0' },
    nodeOrder: ['gateway', 'ann', 'bob', 'cat'],
    parameters: new Map([
      ['keepalive', '200ms'],
      ['use_logd', 'no'],
    ]),
    apiauth: [
      { client: 'anon', uids: ['root'], gids: ['haclient'] },
      { client: 'ipfail', uids: ['hacluster'], gids: [] },
    ],
  } as unknown as Config
  return { snapshot, config, version: '3.0.6 (hb 1)' }
}

/** A message out of `name=value` words. */
export const message = (...words: string[]): Message => ({
  fields: words.map((w) => text(w.slice(0, w.indexOf('=')), w.slice(w.indexOf('=') + 1))),
})

/** The text fields of a message as words. */
export const wordsOf = ({ fields }: Message): string =>
  fields.map((f) => `${f.name}=${f.type === 0 ? f.value : '<bytes>'}`).join(' ')

export const typeOf = (m: Message): string | undefined => get(m, 't')
