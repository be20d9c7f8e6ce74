/**
 * From the moment when this node is a member until it knows what is its to hold.
 *
 *   init ──active──▶ starting ──peer's report──▶ reported ──peer stable, or 10 s──▶ stable ──stop──▶ shutdown
 *                        ├──peer's `starting`: both begin, nobody holds anything──▶ stable (a heartbeat reports that, too:
 *                        │    one that hears of a shutdown before it is active takes everything, and starts afterwards)
 *                        └──every other node is dead──▶ stable, with everything (deaths.ts)
 *
 * A stall leads back to starting (stall.ts).
 */
import type { Peer } from '../cluster/peer.ts'
import { type Message, text } from '../wire/message.ts'
import type { ResourceManager } from './manager.ts'

/** heartbeat's fixed wait for a peer that does not become stable. */
const FALLBACK_MS = 10_000
const STARTING_AGAIN_MS = 3000
/** A heartbeat that starts has not heard the question if its report has not come by then. */
const REPORT_MS = 300

export class Starting {
  /** A heartbeat has said that it starts, too. */
  private alsoStarts = false

  constructor(private readonly host: ResourceManager) {}

  begin(): void {
    const { host } = this
    if (host.shutdown.asked) return host.shutdown.advance()
    host.stage = 'starting'
    this.alsoStarts = false
    host.armAudit()
    if (host.many.rules) {
      this.waitFrom(host.stall.heardFromMs, STARTING_AGAIN_MS)
      host.many.ask()
      return host.many.begin(host.stall.heardFromMs)
    }
    if (host.stall.draining) return this.waitFrom(host.stall.heardFromMs, 0)
    const alone = host.membership.liveOthers().length === 0
    if (host.isLegacy) return alone ? host.deaths.takeOver('every other node is dead') : host.legacy.onActive()
    this.ask()
    this.waitFrom(host.ctx.now.ms, STARTING_AGAIN_MS)
    if (alone) host.deaths.takeOver('every other node is dead')
  }

  /** Every other node is to report what it holds. */
  ask(): void {
    this.host.reports.asking()
    this.host.membership.outbox.send([text('t', 'starting')])
  }

  /** Waits for an answer from fromMs on; the question is put again after againMs. */
  private waitFrom(fromMs: number, againMs: number): void {
    const { timers } = this.host.ctx
    timers.arm('starting', fromMs + againMs)
    timers.arm('fallback', fromMs + FALLBACK_MS)
  }

  /** After a stall: the question is put at fromMs, and what another node said of its own start is long over. */
  anew(fromMs: number): void {
    this.alsoStarts = false
    this.waitFrom(fromMs, 0)
  }

  private waitNoMore(): void {
    for (const name of ['starting', 'fallback']) this.host.ctx.timers.disarm(name)
    this.host.stall.over()
  }

  /** For the timer 'starting': nobody has told yet what it holds, ask again. */
  askAgain(): void {
    const { host } = this
    if (host.stage !== 'starting') return
    if (host.isLegacy) return host.legacy.afterStall()
    this.ask()
    host.ctx.timers.arm('starting', host.ctx.now.ms + STARTING_AGAIN_MS)
  }

  /** For the timer 'fallback': the peer does not become stable. Without a word of it nothing is taken. */
  fallback(): void {
    const { host } = this
    if (host.fencing.pending) return host.ctx.timers.arm('fallback', host.ctx.now.ms + FALLBACK_MS)
    if (host.stage === 'reported') this.end('the other node did not become stable within 10 s')
  }

  hear(message: Message, peer: Peer): void {
    const { host } = this
    if (host.stage === 'init') return
    // Said again for whoever missed it: its claim has been heard meanwhile.
    const late = peer.hb === null && host.reports.isLate(message)
    if (!late) this.knowNothing()
    host.reports.say()
    if (peer.hb === null) return this.heartbeatStarts(peer)
    // Its report may have come first: two hb nodes that were both away hear each other out of step.
    const asking = host.stage === 'starting' || host.stage === 'reported'
    if (asking && !host.stall.draining) this.bothStart(peer)
  }

  private knowNothing(): void {
    const { other, reports } = this.host
    other.stable = false
    other.local = false
    other.foreign = false
    reports.forget()
  }

  private heartbeatStarts(peer: Peer): void {
    const { host } = this
    this.alsoStarts = true
    if (host.stage === 'starting') host.ctx.timers.arm('starting', host.ctx.now.ms + REPORT_MS)
    this.review(peer)
  }

  private bothStart(peer: Peer): void {
    this.end(`${peer.name} starts too, so nobody holds anything`)
  }

  /** A heartbeat that starts says that it holds nothing. */
  private review(peer: Peer): void {
    const { host } = this
    if (!this.alsoStarts || host.stage !== 'reported' || host.stall.draining) return
    if (!host.other.local && !host.other.foreign) this.bothStart(peer)
  }

  /** The other node has told what it holds. */
  reported(peer: Peer): void {
    const { host } = this
    if (host.stage !== 'starting') return
    host.stage = 'reported'
    host.ctx.timers.disarm('starting')
    if (peer.hb === null) this.review(peer)
  }

  /** Takes the local groups unless the other side has them; atRest: it says so, and that is all that it has. */
  end(cause: string, atRest = false): void {
    const { host } = this
    const foreign = atRest && host.stall.leavesForeign
    this.waitNoMore()
    host.stage = 'stable'
    host.ctx.event('resources', host.ctx.self.name, 'starting', 'stable', cause)
    host.healing.announceHeld('found here, and resource management has begun')
    const take = !host.other.foreign && !host.shutdown.asked
    if (foreign) host.mine.foreign = true
    if (take) host.mine.local = true
    else host.ctx.log('info', 'Local Resource acquisition completed. (none)')
    const kept = host.groupsOf(host.mine).filter((g) => !host.heldElsewhere(g))
    const clean = host.groups.filter((g) => !kept.includes(g) && g.residue)
    host.orders.take(cause, kept, clean, () => host.ctx.log('info', 'Initial resource acquisition complete'))
    if (!host.queue.idle) host.reports.say()
  }

  /** There is nobody to wait for: what to take is known otherwise. */
  skip(): void {
    this.waitNoMore()
    this.host.stage = 'stable'
  }
}
