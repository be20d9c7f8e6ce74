/**
 * What becomes of a group that cannot be started here, or whose monitor says that it does not work.
 *
 *   failed or sick here ──other node fit──▶ handed over (that group alone between two hb; its set to a heartbeat)
 *                       ──other node unfit─▶ stays: `failed` (halted) or held, and every surface says so
 *
 * A node that could not start a group is unfit for it until `hb clear`, a reload of that group, or a start that works.
 * One whose monitor failed is unfit for a pause that doubles each time, so that nothing is thrown back and forth.
 */
import type { Peer } from '../cluster/peer.ts'
import { text } from '../wire/message.ts'
import type { GroupRecord } from './group.ts'
import { hindrance } from './hindrance.ts'
import type { ResourceManager } from './manager.ts'

const REVIEW_AFTER_MS = 1000
const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 3_600_000
/** A heartbeat does not say whether a service works there: it is offered one again after so long, at the earliest. */
const OFFER_AGAIN_MS = 600_000
/** heartbeat's fixed wait after a failed start, before it asks to stand by. */
const GIVES_BACK_MS = 30_000

/** The pause after the n-th trouble in a row, ms. */
export function pauseMs(times: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(20, times - 1))
}

export class Failover {
  /** The group for whose sake a hand-over is under way. */
  private offered: GroupRecord | null = null

  constructor(private readonly host: ResourceManager) {}

  /** A start has failed and the group was released. */
  startFailed(group: GroupRecord): void {
    this.note(group, 'start', group.cause)
    this.soon()
  }

  /** Its monitor has failed as often as it may, and restarts did not help. */
  sick(group: GroupRecord, why: string): void {
    this.note(group, 'monitor', why)
    group.sick = true
    this.host.ctx.count('monitor_failovers')
    this.host.ctx.event('monitor', group.key, 'well', 'failed', why)
    this.review()
  }

  well(group: GroupRecord): void {
    if (!group.sick) return
    group.sick = false
    this.host.ctx.event('monitor', group.key, 'failed', 'well', 'its monitors succeed again')
  }

  private note(group: GroupRecord, kind: 'start' | 'monitor', why: string): void {
    const { ms } = this.host.ctx.now
    const before = group.trouble
    const recent = before !== null && ms - before.atMs < 2 * LONGEST_PAUSE_MS
    const times = recent ? before.times + 1 : 1
    const untilMs = kind === 'start' ? Number.POSITIVE_INFINITY : ms + pauseMs(times)
    const offered = before?.kind === 'start' && (group.handedOverMs ?? -1) >= before.atMs
    const returned = kind === 'start' && !group.servedThere && (offered || before?.returned === true)
    group.trouble = { kind, why, times, atMs: ms, untilMs, returned }
  }

  /** This node should not be given the group now. */
  unfit(group: GroupRecord): boolean {
    return group.state === 'failed' || (group.trouble !== null && this.host.ctx.now.ms < group.trouble.untilMs)
  }

  soon(): void {
    this.host.ctx.timers.arm('hand-over', this.host.ctx.now.ms + REVIEW_AFTER_MS)
  }

  /** Every second, and soon after a failure: is there a group that the other node should have? */
  review(): void {
    const { host } = this
    const needy = host.groups.filter((g) => this.needy(g))
    if (host.many.rules) return this.reviewMany(needy)
    if (needy.length === 0 || host.shutdown.asked) return
    const peer = host.membership.liveOthers()[0]
    const chosen = needy.find((g) => peer !== undefined && this.obstacle(g, peer) === null)
    if (host.standby.idle) for (const g of needy) if (g !== chosen) this.tell(g)
    if (chosen === undefined || peer === undefined) return
    // Two hb nodes may both claim a set without groups; what they hold they tell each other.
    const early = host.unfinished.resting || (host.contested && peer.hb === null)
    if (early || hindrance(host) !== null) return this.soon()
    this.handOver(chosen, peer)
  }

  /** What could not be started is taken by another node as nobody has it; what is sick has to be given away. */
  private reviewMany(needy: readonly GroupRecord[]): void {
    const { host } = this
    const { many } = host
    const chosen = needy.find((g) => g.state === 'held' && many.heirs.other(g) !== null)
    for (const g of needy) if (g !== chosen) this.tell(g)
    if (chosen === undefined || host.shutdown.asked) return
    if (many.moves.hindrance() !== null) return this.soon()
    chosen.told = ''
    if (chosen.trouble?.kind === 'monitor') chosen.trouble.untilMs = host.ctx.now.ms + pauseMs(chosen.trouble.times)
    many.moves.give([chosen], (g) => many.heirs.other(g), `the monitor of ${chosen.key} fails`, null)
  }

  /** A heartbeat that could not start it would give it back half a minute after that, not so soon. */
  justOffered(g: GroupRecord): boolean {
    return g.handedOverMs !== null && this.host.ctx.now.ms < g.handedOverMs + GIVES_BACK_MS
  }

  /** Another life of the other node has begun, or its last one is over: what that could not do says nothing of the next. */
  renewed(): void {
    for (const g of this.host.groups) {
      g.handedOverMs = null
      if (g.trouble !== null) g.trouble.returned = false
    }
  }

  /** A hand-over has ended; one that did not come about was no offer. */
  afterStandby(ok: boolean): void {
    const { offered } = this
    this.offered = null
    if (offered === null || ok) return
    offered.handedOverMs = null
    this.soon()
  }

  private needy(g: GroupRecord): boolean {
    const { host } = this
    if (host.maintenance.covers(g)) return false
    if (g.state === 'held') return g.sick
    const claimed = host.many.rules || host.groupsOf(host.mine).includes(g)
    return g.state === 'failed' && claimed && host.holderOf(g) === null
  }

  private handOver(g: GroupRecord, peer: Peer): void {
    const { host } = this
    const { ms } = host.ctx.now
    g.handedOverMs = ms
    this.offered = g
    g.told = ''
    if (g.trouble?.kind === 'monitor') g.trouble.untilMs = ms + pauseMs(g.trouble.times)
    const why = g.state === 'held' ? `the monitor of ${g.key} fails` : `${g.key} could not be started here`
    host.standby.begin(host.sideOf(g), why, null, peer.hb === null ? null : [g])
    if (host.standby.idle) this.afterStandby(false)
  }

  /** Why the other node is not to have it, or null. */
  private obstacle(g: GroupRecord, peer: Peer): string | null {
    const { host } = this
    if (host.isLegacy) return 'auto_failback legacy hands nothing to a live node'
    if (peer.kind !== 'normal' || peer.state !== 'active') return `${peer.name} is ${peer.state}`
    if (peer.hb === null) {
      if (g.trouble?.returned === true) return `${peer.name} was offered it, and it came back`
      if (g.state === 'failed' && g.servedThere) return null
      const leftMs = this.againMs(g) - host.ctx.now.ms
      return leftMs > 0 ? `${peer.name} was offered it before, and is again in ${Math.ceil(leftMs / 1000)} s` : null
    }
    if (peer.hb.sum !== host.ctx.config.haresourcesSum) return `haresources differs on ${peer.name}`
    return peer.hb.failed.includes(g.index) ? `${peer.name} is not fit for it: it failed there too` : null
  }

  /** When a heartbeat may be offered it once more: later each time. */
  private againMs(g: GroupRecord): number {
    if (g.handedOverMs === null) return Number.NEGATIVE_INFINITY
    return g.handedOverMs + Math.max(OFFER_AGAIN_MS, pauseMs(g.trouble?.times ?? 1))
  }

  private tell(g: GroupRecord): void {
    const words = this.words(g) ?? ''
    const kind = words.replace(/[0-9]+/g, '')
    if (g.told === kind) return
    g.told = kind
    this.host.ctx.log('ERROR', `group ${g.key}: ${words}`)
  }

  /** The state of a group's troubles as a sentence; null without any. */
  words(g: GroupRecord): string | null {
    const { trouble } = g
    if (trouble === null) return null
    const { host } = this
    const leftS = Math.ceil((trouble.untilMs - host.ctx.now.ms) / 1000)
    const often = trouble.times > 1 ? ` (${trouble.times} times)` : ''
    const peer = host.membership.liveOthers()[0]
    const hurdle = peer === undefined ? 'there is no other live node' : this.obstacle(g, peer)
    if (g.state === 'held' && g.sick) {
      return `its monitor fails${often}: ${trouble.why}; kept here${hurdle === null ? ' for the moment' : `, since ${hurdle}`}`
    }
    if (g.state === 'failed') return this.failedWords(g, peer, hurdle)
    if (g.state === 'held' || leftS <= 0) return null
    return `it failed here${often}: ${trouble.why}; not taken back from a live node for another ${leftS} s, or until hb clear`
  }

  private failedWords(g: GroupRecord, peer: Peer | undefined, hurdle: string | null): string {
    const holder = this.host.holderOf(g)
    if (holder !== null)
      return `it failed here: ${g.cause}; ${holder} holds it; hb clear makes this node fit for it again`
    if (peer?.hb?.failed.includes(g.index) === true) {
      return `halted: it failed on both nodes (here: ${g.cause}); nothing more is tried until hb clear`
    }
    return `it failed here: ${g.cause}; ${hurdle === null ? 'it is offered to the other node' : `halted until hb clear, since ${hurdle}`}`
  }

  // --- hb clear ------------------------------------------------------------------------------------------------------

  /** The operator has put it right; a group that could not be stopped is stopped once more. */
  clear(key: string | null, cause: string): number {
    const { host } = this
    const groups = host.groups.filter((g) => key === null || g.key === key)
    const troubled = groups.filter((g) => g.trouble !== null || g.state === 'failed' || g.state === 'stop-failed')
    for (const g of groups) this.forget(g, cause)
    const stuck = groups.filter((g) => g.state === 'stop-failed')
    if (stuck.length > 0) host.orders.give(`${cause}: stopping it again`, stuck, () => {})
    return troubled.length
  }

  private forget(g: GroupRecord, cause: string): void {
    g.trouble = null
    g.sick = false
    g.handedOverMs = null
    g.servedThere = false
    g.told = ''
    g.restarts = []
    if (g.state !== 'failed') return
    this.host.ctx.event('group', g.key, 'failed', 'stopped', cause)
    g.state = 'stopped'
    g.sinceMs = this.host.ctx.now.ms
    g.cause = cause
  }

  clearCommand(id: number, key: string | null): void {
    const { host } = this
    if (key !== null && !host.groups.some((g) => g.key === key)) {
      const known = host.groups.map((g) => g.key).join(', ')
      return host.ctx.emit({ kind: 'reply', id, ok: false, text: `no group ${key} in haresources; known: ${known}` })
    }
    const count = this.clear(key, 'hb clear')
    if (host.membership.liveOthers().some((p) => p.hb !== null)) {
      host.membership.outbox.send([text('t', 'hb_clear'), text('group', key ?? '')])
    }
    const words =
      count === 0 ? 'nothing had gone wrong here; the other node was told too' : `cleared: ${count} group(s)`
    host.ctx.emit({ kind: 'reply', id, ok: true, text: words })
  }
}
