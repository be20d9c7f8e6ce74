/**
 * All that one program of hb tells the next, which takes its place in the same process: who is there, what was said, who
 * holds what. Times are the old program's monotonic milliseconds; shiftMs turns them into the new one's.
 */

import type { Peer } from './cluster/peer.ts'
import { formatWord, parseWord } from './cluster/word.ts'
import type { Engine } from './engine.ts'
import type { Event, GroupState, NodeState, ResourceView } from './io.ts'
import type { Bits } from './resources/claims.ts'
import type { GroupRecord } from './resources/group.ts'

export const HANDOVER_VERSION = 1

/** JSON has no infinity. */
const FOREVER_MS = Number.MAX_SAFE_INTEGER

interface PeerState {
  readonly name: string
  readonly uuid: readonly number[] | null
  readonly state: NodeState
  readonly sinceMs: number
  readonly generation: number
  readonly highest: number | null
  readonly lastAcked: number
  readonly lastStatusMs: number | null
  readonly lastStatusSeq: number
  readonly heard: boolean
  readonly gone: boolean
  readonly deadtimeMs: number
  readonly word: string | null
  readonly lateBeats: number
  readonly lostMessages: number
  readonly links: readonly { name: string; state: 'up' | 'dead'; lastMs: number | null }[]
}

interface GroupFacts {
  readonly key: string
  readonly state: GroupState
  readonly wanted: boolean
  readonly sinceMs: number
  readonly cause: string
  readonly term: number
  readonly residue: boolean
  readonly on: readonly number[]
  readonly trouble: GroupRecord['trouble']
  readonly sick: boolean
  readonly restarts: readonly number[]
  readonly handedOverMs: number | null
  readonly standIn: boolean
  readonly last: readonly ResourceView['last'][]
}

export interface Handover {
  readonly version: number
  readonly generation: number
  readonly seq: number
  readonly run: string
  readonly startedMs: number
  readonly lastBeatMs: number
  readonly localLinks: readonly { name: string; up: boolean; detail: string }[]
  readonly peers: readonly PeerState[]
  readonly mine: Bits
  readonly other: Bits & { stable: boolean }
  readonly needsFailback: boolean
  readonly groups: readonly GroupFacts[]
  readonly counters: Readonly<Record<string, number>>
  readonly events: readonly Event[]
}

/** Why the state cannot be handed over now, or null. */
export function obstacle({ membership, resources, started }: Engine): string | null {
  if (!started || membership.state !== 'active') return 'this node has not joined the cluster yet'
  if (resources.shutdown.asked) return 'this node is shutting down'
  if (!resources.queue.idle) return 'groups are being started or stopped'
  if (!resources.standby.idle || resources.many.moves.underWay) return 'a hand-over is under way'
  if (resources.fencing.pending) return 'a dead node has to be reset first'
  return resources.stage === 'stable' ? null : 'resource management is still starting'
}

export function capture(engine: Engine): Handover {
  const { ctx, membership, resources } = engine
  return {
    version: HANDOVER_VERSION,
    generation: membership.outbox.generation,
    seq: membership.outbox.history.nextSeq - 1,
    run: resources.run,
    startedMs: engine.startedMs,
    lastBeatMs: membership.lastBeatMs,
    localLinks: [...membership.localLinks].map(([name, l]) => ({ name, ...l })),
    peers: [...membership.peers.values()].map(peerState),
    mine: resources.mine,
    other: resources.other,
    needsFailback: resources.needsFailback,
    groups: resources.groups.map(groupFacts),
    counters: ctx.counters,
    events: ctx.events,
  }
}

function peerState(p: Peer): PeerState {
  const { name, state, sinceMs, generation, lastAcked, lastStatusMs, lastStatusSeq, heard, gone } = p
  return {
    ...{ name, state, sinceMs, generation, lastAcked, lastStatusMs, lastStatusSeq, heard, gone },
    uuid: p.uuid === null ? null : [...p.uuid],
    highest: p.order.highest,
    deadtimeMs: p.deadtimeMs,
    word: p.hb === null ? null : formatWord(p.hb),
    lateBeats: p.lateBeats,
    lostMessages: p.lostMessages,
    links: [...p.links].map(([link, l]) => ({ name: link, ...l })),
  }
}

function groupFacts(g: GroupRecord): GroupFacts {
  const { key, state, wanted, sinceMs, cause, term, residue, sick, restarts, handedOverMs, standIn, last } = g
  const trouble = g.trouble && { ...g.trouble, untilMs: Math.min(g.trouble.untilMs, FOREVER_MS) }
  return {
    key,
    state,
    wanted,
    sinceMs,
    cause,
    term,
    residue,
    sick,
    restarts,
    handedOverMs,
    standIn,
    last,
    trouble,
    on: [...g.on],
  }
}

/** Every time of it, moved onto the new program's clock. */
export function shifted(h: Handover, shiftMs: number): Handover {
  const move = (value: unknown, key = ''): unknown => {
    if (typeof value === 'number')
      return key.endsWith('Ms') && !LENGTHS.has(key) && value < FOREVER_MS ? value + shiftMs : value
    if (Array.isArray(value)) return value.map((v) => move(v, key === 'restarts' ? 'restartMs' : ''))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, move(v, k)]))
  }
  return move(h) as Handover
}

/** Members in ms that are no moments. */
const LENGTHS: ReadonlySet<string> = new Set(['deadtimeMs', 'tookMs'])

/** Makes a fresh engine go on with it. Groups and peers that the configuration no longer names are left out. */
export function restore(engine: Engine, h: Handover): void {
  const { ctx, membership, resources } = engine
  membership.state = 'active'
  membership.communicationUp = true
  membership.lastBeatMs = h.lastBeatMs
  membership.outbox.history.resume(h.seq)
  for (const { name, up, detail } of h.localLinks) {
    if (membership.localLinks.has(name)) membership.localLinks.set(name, { up, detail })
  }
  for (const state of h.peers) {
    const peer = membership.peers.get(state.name)
    if (peer !== undefined) restorePeer(peer, state)
  }
  resources.stage = 'stable'
  resources.mine = h.mine
  resources.other = h.other
  resources.needsFailback = h.needsFailback
  for (const facts of h.groups) {
    const group = resources.groups.find((g) => g.key === facts.key)
    if (group !== undefined) restoreGroup(group, facts)
  }
  Object.assign(ctx.counters, h.counters)
  ctx.events.push(...h.events)
  engine.startedMs = h.startedMs
  resources.resume()
}

function restorePeer(peer: Peer, { uuid, highest, word, links, name: _, ...rest }: PeerState): void {
  Object.assign(peer, rest)
  peer.uuid = uuid === null ? null : Uint8Array.from(uuid)
  if (highest !== null) peer.order.arrive(highest, () => 0)
  peer.hb = word === null ? null : parseWord(word)
  for (const { name, state, lastMs } of links) if (peer.links.has(name)) peer.links.set(name, { state, lastMs })
}

function restoreGroup(group: GroupRecord, { on, last, trouble, key: _, restarts, ...rest }: GroupFacts): void {
  Object.assign(group, rest)
  group.restarts = [...restarts]
  for (const i of on) group.on.add(i)
  for (const [i, l] of last.entries()) if (i < group.last.length) group.last[i] = l
  group.trouble = trouble && {
    ...trouble,
    untilMs: trouble.untilMs >= FOREVER_MS ? Number.POSITIVE_INFINITY : trouble.untilMs,
  }
}
