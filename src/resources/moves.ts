/**
 * Groups on their way from one live node to another, between more than two (many.ts).
 *
 *   held ──give──▶ stopping, its next holder named in each beat ──▶ stopped ──that node says it has it──▶ done
 *                                                                      └──15 s without──▶ whoever is its heir
 */
import type { GroupRecord } from './group.ts'
import { inMaintenance } from './hindrance.ts'
import type { ResourceManager } from './manager.ts'

/** From the moment when a group has been released until its next holder says that it has it. */
const TAKEN_MS = 15_000
/** From a request until the first group arrives. */
const ARRIVE_MS = 10_000
const BUSY_MS = 2000
/** Beats for which the next holder is still named when it has taken the group: not everybody has heard that of it. */
const TOLD_BEATS = 3

interface Target {
  readonly to: string
  untilMs: number
  /** That node has it: it is named for those who have not heard that yet. */
  taken: boolean
}

interface Move {
  readonly groups: readonly GroupRecord[]
  /** To this node, or away from it. */
  readonly here: boolean
  readonly command: number | null
  untilMs: number
}

export class Moves {
  private readonly targets = new Map<GroupRecord, Target>()
  private moves: Move[] = []

  constructor(private readonly host: ResourceManager) {}

  target(g: GroupRecord): string | null {
    const target = this.targets.get(g)
    return target === undefined || target.taken ? null : target.to
  }

  /** Group number -> number of the node that is to have it. */
  named(): Map<number, number> {
    const { nodes } = this.host.ctx.config
    return new Map([...this.targets].map(([g, { to }]) => [g.index, nodes.indexOf(to)]))
  }

  get underWay(): boolean {
    return this.moves.length > 0
  }

  /** Why nothing can be moved now, or null. */
  hindrance(): string | null {
    const { host } = this
    if (host.shutdown.asked) return 'this node is shutting down'
    if (host.stage !== 'stable') return 'resource management is still starting'
    if (!host.membership.liveOthers().some((p) => p.state === 'active')) return 'there is no other live node'
    if (!host.queue.idle) return 'groups are being started or stopped'
    return this.moves.length > 0 ? 'a hand-over is under way already' : null
  }

  /** Gives up groups held here, each for the node that `to` names; command is answered when they have arrived. */
  give(
    groups: readonly GroupRecord[],
    to: (g: GroupRecord) => string | null,
    cause: string,
    command: number | null,
  ): void {
    const { host } = this
    const homeless = groups.find((g) => to(g) === null)
    const why =
      this.hindrance() ??
      inMaintenance(host, groups) ??
      (homeless === undefined ? null : `no other live node is fit for ${homeless.key}`)
    if (why !== null) return this.reply(command, false, `refused: ${why}`)
    if (groups.length === 0) return this.reply(command, true, 'nothing of it is held here')
    for (const g of groups) this.targets.set(g, { to: to(g)!, untilMs: Number.POSITIVE_INFINITY, taken: false })
    const move = { groups, here: false, command, untilMs: Number.POSITIVE_INFINITY }
    this.moves.push(move)
    const names = groups.map((g) => g.key).join(', ')
    host.ctx.event('standby', host.ctx.self.name, 'no', `giving ${names}`, cause)
    host.orders.give(cause, groups, () => this.released(move))
  }

  private released(move: Move): void {
    const untilMs = this.host.ctx.now.ms + TAKEN_MS
    move.untilMs = untilMs
    for (const g of move.groups) {
      const target = this.targets.get(g)
      if (g.present) this.targets.delete(g)
      else if (target !== undefined) target.untilMs = untilMs
    }
    const stuck = move.groups.find((g) => g.state === 'stop-failed')
    if (stuck !== undefined) this.end(move, false, `${stuck.key} could not be stopped: ${stuck.cause}`)
  }

  /** This node leaves: what it gives up goes to whoever is its heir then. */
  leave(): void {
    const { host } = this
    this.reset('this node is shutting down')
    for (const g of host.groups) {
      const to = g.present ? host.many.heirs.other(g) : null
      if (to !== null) this.targets.set(g, { to, untilMs: Number.POSITIVE_INFINITY, taken: false })
    }
  }

  /** Other nodes have been asked for these groups. */
  expect(groups: readonly GroupRecord[], command: number): void {
    this.moves.push({ groups, here: true, command, untilMs: this.host.ctx.now.ms + ARRIVE_MS })
    this.review()
  }

  /** What has arrived, and what has not in time. */
  review(): void {
    const { host } = this
    const { ms } = host.ctx.now
    for (const [g, target] of this.targets) {
      if (ms > target.untilMs) this.targets.delete(g)
      else if (!target.taken && host.heldElsewhere(g) && !g.present) {
        target.taken = true
        target.untilMs = ms + TOLD_BEATS * host.ctx.config.keepaliveMs
      }
    }
    for (const g of host.groups) g.standIn &&= g.present || g.wanted
    for (const move of [...this.moves]) this.look(move, ms)
  }

  private look(move: Move, ms: number): void {
    const { host } = this
    const arrived = (g: GroupRecord) => (move.here ? g.state === 'held' : host.heldElsewhere(g) && !g.present)
    const missing = move.groups.find((g) => !arrived(g))
    if (missing === undefined) {
      const where = [...new Set(move.groups.map((g) => host.holderOf(g)))]
      return this.end(move, true, `${where.join(' and ')} ${where.length === 1 ? 'holds' : 'hold'} the groups now`)
    }
    if (move.here && !host.queue.idle) move.untilMs = Math.max(move.untilMs, ms + BUSY_MS)
    if (ms > move.untilMs) this.end(move, false, `${missing.key} did not arrive`)
  }

  private end(move: Move, ok: boolean, how: string): void {
    const { host } = this
    this.moves = this.moves.filter((m) => m !== move)
    host.ctx.event('standby', host.ctx.self.name, move.here ? 'taking' : 'giving', ok ? 'done' : 'ended', how)
    this.reply(move.command, ok, how)
  }

  private reply(id: number | null, ok: boolean, text: string): void {
    if (id !== null) this.host.ctx.emit({ kind: 'reply', id, ok, text })
  }

  /** Forgets everything: a stall has made it void, or this node leaves. */
  reset(how: string): void {
    this.targets.clear()
    for (const move of [...this.moves]) this.end(move, false, how)
  }

  // --- every second ------------------------------------------------------------------------------------------------

  /** The owner that is back and settled is given what is its own. */
  failback(): void {
    const { host } = this
    if (host.ctx.config.autoFailback === 'off' || host.healing.undecided || this.hindrance() !== null) return
    const away = host.groups.filter((g) => g.standIn && g.state === 'held' && !host.maintenance.covers(g))
    const { owner } = away.find((g) => this.home(g))?.config ?? {}
    if (owner === undefined) return
    const groups = away.filter((g) => g.config.owner === owner && host.many.heirs.fit(owner, g))
    this.give(groups, () => owner, 'auto_failback on and the owner is back', null)
  }

  private home(g: GroupRecord): boolean {
    const owner = this.host.membership.peers.get(g.config.owner)
    return owner?.state === 'active' && owner.hb?.settled === true && this.host.many.heirs.fit(g.config.owner, g)
  }
}
