/**
 * Fencing: a node whose groups are to be taken is reset first, where ha.cf names a device for it.
 *
 *   dead ──gone, or nothing to take──▶ unneeded ▶ take
 *        ──no device──▶ n_stnth ▶ take
 *        ──device──▶ resetting ──ok──▶ take
 *                       ▲  └─failed─▶ again after 5 s, without limit; not in maintenance
 *                       └──heard again──▶ ended: it lives and keeps what it has
 *   alive, cannot stop a group (stop_failure fence) ──▶ resetting ──ok──▶ silent for deadtime ▶ dead ▶ take
 *
 * heartbeat also spares a node that has said it holds nothing. It may have begun to take something since, so hb spares
 * it only where nothing would be taken from it: when this node has everything already.
 */
import { passOn } from '../cluster/hearers.ts'
import type { Peer } from '../cluster/peer.ts'
import { text } from '../wire/message.ts'
import type { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'

const RETRY_MS = 5000
/** The shell ends the device's program before that; should its answer not come, the core goes on by itself. */
const ANSWER_MAX_MS = 70_000

interface Doom {
  readonly peer: Peer
  why: 'dead' | 'stuck'
  /** Of the attempt under way. */
  id: number | null
  attempts: number
  /** What the last failure said. */
  failure: string
  dueMs: number
  /** When a live node was reset: true once it falls silent. */
  resetMs: number | null
}

type Result = 'OK' | 'bad' | 'n_stnth' | 'unneeded'

export class Fencing {
  private readonly dooms = new Map<string, Doom>()
  /** What is to be taken when every dead node has been reset, by the names of those it is taken from. */
  private readonly takes = new Map<string, () => void>()
  private lastId = 0

  constructor(private readonly host: ResourceManager) {}

  /** A dead node has still to be reset: nothing is taken. */
  get pending(): boolean {
    return [...this.dooms.values()].some((d) => d.why === 'dead')
  }

  /** Takes from dead nodes: at once, or when those that may hold something have been reset. */
  before(peers: readonly Peer[], take: () => void): void {
    for (const peer of peers) this.judge(peer)
    if (!this.pending) return take()
    this.takes.set(peers.map((p) => p.name).join(' '), take)
    if (this.host.shutdown.asked) this.host.shutdown.advance()
  }

  private judge(peer: Peer): void {
    const { config } = this.host.ctx
    const doom = this.dooms.get(peer.name)
    if (doom !== undefined) {
      if (doom.resetMs !== null && doom.resetMs >= (peer.lastStatusMs ?? 0)) this.dooms.delete(peer.name)
      else if (doom.why === 'stuck') this.turn(doom)
      return
    }
    if (!this.needed(peer)) return this.say(peer, 'unneeded')
    if (config.fencing) return this.doom(peer, 'dead', `${peer.name} is dead and may hold groups`)
    this.say(peer, 'n_stnth')
    this.host.ctx.log('WARN', 'No STONITH device configured.')
    this.host.ctx.log('WARN', 'Shared disks are not protected.')
  }

  /** One that was to be reset while it lived has died before. */
  private turn(doom: Doom): void {
    doom.why = 'dead'
    doom.resetMs = null
    if (doom.id === null) this.begin(doom)
  }

  private needed(peer: Peer): boolean {
    const { host } = this
    if (peer.gone) return false
    if (host.isLegacy || !peer.heard || host.stage !== 'stable') return true
    const everythingHere = host.mine.local && host.mine.foreign && host.standby.idle
    const { local, foreign, stable } = host.other
    const heldNothing = stable && !local && !foreign && (peer.hb === null || peer.hb.held.size === 0)
    return !(everythingHere && heldNothing)
  }

  // --- attempts ------------------------------------------------------------------------------------------------------

  private doom(peer: Peer, why: Doom['why'], cause: string): void {
    const doom: Doom = { peer, why, id: null, attempts: 0, failure: '', dueMs: 0, resetMs: null }
    this.dooms.set(peer.name, doom)
    this.host.ctx.event('fencing', peer.name, 'no', this.inMaintenance(doom) ? 'put off' : 'resetting', cause)
    this.begin(doom)
  }

  private begin(doom: Doom): void {
    const { ctx, shutdown } = this.host
    doom.resetMs = null
    if (shutdown.asked || this.inMaintenance(doom)) {
      doom.dueMs = ctx.now.ms + RETRY_MS
      return this.arm()
    }
    doom.id = ++this.lastId
    doom.attempts++
    doom.dueMs = ctx.now.ms + ANSWER_MAX_MS
    ctx.log('WARN', `Resetting node ${doom.peer.name}, attempt ${doom.attempts}`)
    ctx.emit({ kind: 'fence', id: doom.id, node: doom.peer.name })
    this.arm()
  }

  /** All that could be taken is left alone, whatever happens: a reset would do nothing but harm. */
  private inMaintenance({ why, peer }: Doom): boolean {
    const { groups, maintenance } = this.host
    const stuck = why === 'stuck' ? this.stuckGroup(peer) : null
    if (stuck !== null) return maintenance.covers(stuck)
    const free = groups.filter((g) => !maintenance.covers(g))
    return free.length === 0 || (maintenance.any && free.every((g) => g.present) && groups.some((g) => !g.present))
  }

  /** Maintenance has changed: what waited for its end is due. */
  hurry(): void {
    for (const doom of this.dooms.values()) if (doom.attempts === 0) doom.dueMs = this.host.ctx.now.ms
    this.arm()
  }

  private arm(): void {
    const due = [...this.dooms.values()].map((d) => d.dueMs)
    if (due.length === 0) this.host.ctx.timers.disarm('fence')
    else this.host.ctx.timers.arm('fence', Math.min(...due))
  }

  /** What became of the attempt of that number; detail is one line. */
  result(id: number, ok: boolean, detail: string): void {
    const doom = [...this.dooms.values()].find((d) => d.id === id)
    if (doom === undefined) return this.host.ctx.count('late_fencings')
    doom.id = null
    if (ok) this.succeeded(doom, detail)
    else this.failed(doom, detail || 'no reason given')
    this.arm()
  }

  private succeeded(doom: Doom, detail: string): void {
    const { ctx } = this.host
    const { peer } = doom
    ctx.count('fencings')
    ctx.log('info', `node ${peer.name} has been reset${detail === '' ? '' : `: ${detail}`}`)
    ctx.event('fencing', peer.name, 'resetting', 'reset', detail || 'the stonith device says so')
    this.say(peer, 'OK')
    if (doom.why === 'dead') {
      this.dooms.delete(peer.name)
      if (this.host.many.rules) peer.gone = true
      return this.settle()
    }
    doom.resetMs = ctx.now.ms
    doom.dueMs = ctx.now.ms + peer.deadtimeMs + RETRY_MS
  }

  private failed(doom: Doom, detail: string): void {
    const { ctx } = this.host
    const { peer } = doom
    ctx.count('fencing_failures')
    ctx.log(
      'ERROR',
      `node ${peer.name} could not be reset: ${detail}; tried again in ${RETRY_MS / 1000} s, nothing of it is taken before`,
    )
    if (doom.failure !== detail) ctx.event('fencing', peer.name, 'resetting', 'failed', detail)
    doom.failure = detail
    doom.dueMs = ctx.now.ms + RETRY_MS
    this.say(peer, 'bad')
  }

  /** For the timer 'fence'. */
  due(): void {
    const { ctx } = this.host
    for (const doom of [...this.dooms.values()].filter((d) => d.dueMs <= ctx.now.ms)) {
      if (doom.id !== null) this.result(doom.id, false, 'no answer')
      else if (!ctx.config.fencing) this.end(doom, 'ha.cf names no stonith device any more')
      else if (doom.why === 'stuck' && this.stuckGroup(doom.peer) === null) this.end(doom, 'it is not stuck any more')
      else this.again(doom)
    }
    this.arm()
  }

  private again(doom: Doom): void {
    if (doom.resetMs !== null) this.host.ctx.log('ERROR', `node ${doom.peer.name} was reset and yet is heard`)
    this.begin(doom)
  }

  private end(doom: Doom, cause: string): void {
    this.dooms.delete(doom.peer.name)
    this.host.ctx.event('fencing', doom.peer.name, 'resetting', 'ended', cause)
    this.settle()
  }

  /** Between more than two: another node has reset that one, which has nothing any more. */
  resetElsewhere(peer: Peer): void {
    if (peer.state !== 'dead') return
    peer.gone = true
    if (this.dooms.delete(peer.name)) this.host.ctx.event('fencing', peer.name, 'resetting', 'reset', 'by another node')
    this.arm()
    this.settle()
  }

  private settle(): void {
    if (this.pending) return
    const takes = [...this.takes.values()]
    this.takes.clear()
    for (const take of takes) take()
  }

  /** News for whoever is there; without a device it is of use to the programs of this host alone. */
  private say(peer: Peer, result: Result): void {
    const { ctx, membership } = this.host
    const fields = [text('t', 'stonith'), text('node', peer.name), text('result', result)]
    if (ctx.config.fencing) membership.outbox.send(fields)
    else passOn(ctx, { fields: [...fields, text('src', ctx.self.name)] })
  }

  // --- signs of life -------------------------------------------------------------------------------------------------

  /** A node that was dead is heard again: what it has is not taken. */
  heard(peer: Peer): void {
    const { host } = this
    const doom = this.dooms.get(peer.name)
    if (doom === undefined) return
    for (const names of this.takes.keys()) if (names.split(' ').includes(peer.name)) this.takes.delete(names)
    host.ctx.log('WARN', `node ${peer.name} is heard again before it was reset`)
    this.end(doom, `${peer.name} is heard again`)
    this.arm()
    if (host.isLegacy && host.stage === 'starting') host.legacy.afterStall()
  }

  /** This node was away: one that was being reset meanwhile may be back and hold something. */
  restart(): void {
    for (const doom of this.dooms.values()) {
      doom.id = null
      doom.resetMs = null
      doom.dueMs = this.host.ctx.now.ms + RETRY_MS
    }
    this.arm()
  }

  /** `stop_failure fence`: another node that cannot stop a group is reset by this one, which then takes over. */
  hearWord(peer: Peer): void {
    const group = this.stuckGroup(peer)
    const doom = this.dooms.get(peer.name)
    if (doom?.why === 'stuck' && group === null) {
      this.end(doom, 'it is not stuck any more')
      this.arm()
    }
    if (doom !== undefined || group === null || this.obstacle(peer, group) !== null) return
    this.doom(peer, 'stuck', `${group.key} could not be stopped on ${peer.name}`)
  }

  private stuckGroup(peer: Peer): GroupRecord | null {
    const { config } = this.host.ctx
    if (config.stopFailure !== 'fence' || peer.hb?.sum !== config.haresourcesSum) return null
    return this.host.groups.find((g) => peer.hb!.stuck.includes(g.index)) ?? null
  }

  /** Why this node does not reset a live one that is stuck with the group, or null. */
  private obstacle(peer: Peer, group: GroupRecord): string | null {
    const { host } = this
    if (!host.ctx.config.fencing) return 'no stonith device is configured here'
    if (host.maintenance.covers(group)) return 'the group is in maintenance'
    if (host.stage !== 'stable' || host.shutdown.asked) return 'this node is starting or stopping'
    if (host.groups.some((g) => g.state === 'stop-failed')) return 'this node is stuck, too'
    if (host.failover.unfit(group)) return 'this node is not fit for the group: it failed here'
    const actor = host.standInFor(peer.name)
    return actor === host.ctx.self.name ? null : `${actor} is to do it`
  }

  // --- telling -------------------------------------------------------------------------------------------------------

  /** Each reset that is under way, as a sentence. */
  words(): string[] {
    return [...this.dooms.values()].map((d) => {
      const { name } = d.peer
      if (d.resetMs !== null) return `node ${name} has been reset; its groups are taken when it falls silent`
      if (d.id === null && this.inMaintenance(d))
        return `node ${name} is ${d.why}; it is not reset in maintenance, but before anything of it is taken`
      const before = d.failure === '' ? '' : `attempt ${d.attempts - (d.id === null ? 0 : 1)} failed: ${d.failure}; `
      const now = d.id === null ? `tried every ${RETRY_MS / 1000} s` : `attempt ${d.attempts} is under way`
      const remedy = `. If ${name} is surely off, take the stonith line out of ha.cf and say hb reload`
      return `node ${name} has to be reset before anything of it is taken: ${before}${now}${before === '' ? '' : remedy}`
    })
  }

  /** What becomes of a group that is stuck on a node (null: on this one), as the end of a sentence. */
  stuckWords(group: GroupRecord, on: Peer | null): string {
    const { host } = this
    if (host.ctx.config.stopFailure !== 'fence') return ''
    if (on !== null) {
      const why = this.obstacle(on, group)
      return why === null ? `; ${on.name} is reset for it` : `; stop_failure fence does not act: ${why}`
    }
    const peer = host.membership.liveOthers()[0]
    if (peer === undefined) return '; stop_failure fence does not act: there is no other live node'
    if (peer.hb === null)
      return `; stop_failure fence does not act: ${peer.name} runs heartbeat, which resets nobody for it`
    return `; ${peer.name} is asked to reset this node`
  }
}
