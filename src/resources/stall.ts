/**
 * This node was away for longer than its peers wait: somebody else may hold everything by now.
 *
 *   any stage ──away──▶ starting: addresses dropped, claims forgotten, a new generation
 *                         ├──drained: what lay in the sockets has been heard──▶ asks (starting.ts)
 *                         └──silent for deadtime──▶ stable, with everything (deaths.ts)
 *
 * The addresses go at once; the services stay until a peer's word, or its silence, has told.
 */
import type { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'

export class Stall {
  private drainedMs = Number.NEGATIVE_INFINITY
  /** It had the other node's groups, too, and has not found out yet who has them now. */
  private hadForeign = false

  constructor(private readonly host: ResourceManager) {}

  /** What is heard now may have been said before this node was away: no claim in it is believed. */
  get draining(): boolean {
    return this.host.ctx.now.ms < this.drainedMs
  }

  /** From when on what is heard was said after the stall; now, if there was none. */
  get heardFromMs(): number {
    return Math.max(this.host.ctx.now.ms, this.drainedMs)
  }

  /** Lets go of everything; draining for drainMs from now, and only then is the question put. */
  letGo(cause: string, drainMs: number): void {
    const { host } = this
    const { ctx } = host
    if (host.stage === 'init') return this.joinLater(drainMs)
    const lost = [...host.groups, ...host.leaving].filter((g) => g.present && !host.maintenance.covers(g))
    const addresses = lost.flatMap((g) => g.addresses())
    ctx.emit({ kind: 'drop', resources: addresses, cause })
    ctx.count('stalls')
    // What goes on stopping, or cannot be stopped, is not to be put back with the next comparison.
    for (const g of lost) g.dropped ||= host.shutdown.asked || g.state === 'stop-failed'
    if (host.stage === 'shutdown') return
    if (host.shutdown.asked) return this.leave(cause)
    host.standby.reset()
    host.queue.abort()
    for (const g of lost) this.lose(g, cause)
    this.hadForeign ||= host.mine.foreign
    host.mine = { local: false, foreign: false }
    host.other = { local: false, foreign: false, stable: false }
    host.reports.forget()
    host.fencing.restart()
    host.membership.judging.excuseAll()
    host.membership.newGeneration(cause)
    host.stage = 'starting'
    this.drain(drainMs)
    if (host.many.rules) host.many.begin(this.drainedMs)
    host.starting.anew(this.drainedMs)
  }

  private drain(forMs: number): void {
    const { ctx } = this.host
    this.drainedMs = ctx.now.ms + forMs
    ctx.timers.arm('silence', ctx.now.ms + ctx.config.deadtimeMs)
  }

  /** Not a member yet: whom it has heard may have started, and taken everything, long ago. */
  private joinLater(drainMs: number): void {
    this.drain(drainMs)
    this.host.membership.judging.excuseAll()
  }

  /** Whether a node at rest that does not have its own groups leaves them here, as before. */
  get leavesForeign(): boolean {
    const { hadForeign, host } = this
    return hadForeign && !host.other.local && !host.shutdown.asked
  }

  /** It is known now who has what. */
  over(): void {
    this.hadForeign = false
  }

  /** On the way out already: what waited is void, and what is held is given up in order without asking anybody. */
  private leave(cause: string): void {
    const { host } = this
    host.queue.abort()
    host.membership.newGeneration(cause)
    host.standby.reset()
    host.shutdown.advance()
  }

  private lose(group: GroupRecord, cause: string): void {
    if (!group.present || group.state === 'stop-failed') return
    const { ctx } = this.host
    ctx.event('group', group.key, group.state, 'stopped', cause)
    group.state = 'stopped'
    group.sinceMs = ctx.now.ms
    group.cause = cause
    group.residue = true
    group.wanted = false
  }

  /** For the timer 'silence', deadtime after a stall: nobody has spoken, so nobody is there. */
  silence(): void {
    const { host } = this
    if (host.stage !== 'starting' || host.membership.liveOthers().length > 0) return
    host.deaths.takeOver('nobody else was heard for deadtime')
  }
}
