/**
 * A heartbeat that is left in the middle of a hand-over waits an hour for a `done` that nobody will say, and takes part
 * in no other, nor stops, until then. A `done` of no groups at all ends that: the first is the giver's, at which a taker
 * moves nothing and goes on to wait for the last; the second is the taker's, at which whoever waits is free.
 *
 *   none ──a hand-over with it ends unfinished──▶ left ──its own ten seconds are over, all is settled here──▶ told
 *     ▲                                             ├──it lets go after all: taken (standby.ts)──┐
 *     │                                             └──a hand-over ends well, it restarts────────┤
 *     └──────────────────────────────────────────────────────────────────────────────────────────┘
 */
import type { Peer } from '../cluster/peer.ts'
import { text } from '../wire/message.ts'
import type { ResourceManager } from './manager.ts'
import type { Ask } from './requests.ts'

/** A heartbeat that has asked and is not answered forgets it after ten seconds, unless it hears a word in between. */
const FORGETS_MS = 12_000
/** One that does not answer for another reason complains of each `done`. */
const AGAIN_MS = 60_000
const REST_MS = 900

export class Unfinished {
  private peer: string | null = null
  /** What it was told that it can hand over, and did not begin to let go of in time. */
  private ask: Ask | null = null
  private dueMs = 0
  private toldMs = Number.NEGATIVE_INFINITY
  /** A heartbeat whose own request is open would wait for an hour after any other word. */
  private requestMs = Number.NEGATIVE_INFINITY

  constructor(private readonly host: ResourceManager) {}

  /** A hand-over that began then has ended here, but perhaps not on that node; ask: it may have heard late of the yes. */
  left(peer: Peer | undefined, beganMs: number, ask: Ask | null): void {
    if (peer === undefined || peer.hb !== null) return
    const dueMs = beganMs + FORGETS_MS
    this.dueMs = this.peer === peer.name ? Math.min(this.dueMs, dueMs) : dueMs
    this.peer = peer.name
    this.ask = ask
  }

  /** It lets go now, as its message of that number says: of what. */
  answered(peer: Peer, seq: number): Ask | null {
    const { ask } = this
    if (ask === null || peer.name !== this.peer || seq < ask.seq) return null
    this.forget()
    return ask
  }

  /** A heartbeat has made a request of its own. */
  requested(): void {
    this.requestMs = this.host.ctx.now.ms
  }

  /** It has just been told: what it says to that comes first. */
  get resting(): boolean {
    return this.host.ctx.now.ms < this.toldMs + REST_MS
  }

  /** A request that was made to it: there is no other that it could still forget by itself. */
  unanswered(): void {
    this.dueMs = this.host.ctx.now.ms
    this.audit()
  }

  /**
   * It has asked, was told yes, and does not begin: it waits for the end of another. One that has not heard the yes
   * waits for an hour when it is told, so only where both claim the same, and it is asked once more.
   */
  notBegun(): void {
    if (!this.host.contested) return
    this.dueMs = this.host.ctx.now.ms
    this.requestMs = Number.NEGATIVE_INFINITY
  }

  forget(): void {
    this.peer = null
    this.ask = null
  }

  /** Every second, when this node is a member at rest; whether it was told: a new generation would make that void. */
  audit(): boolean {
    const { host } = this
    const peer = this.peer === null ? undefined : host.membership.peers.get(this.peer)
    const { ms } = host.ctx.now
    const fromMs = Math.max(this.dueMs, this.toldMs + AGAIN_MS, this.requestMs + FORGETS_MS)
    if (peer?.state !== 'active' || !host.settled || ms < fromMs) return false
    this.forget()
    this.toldMs = ms
    host.ctx.event('standby', peer.name, 'unfinished', 'told of its end', 'it may still wait for the last word of it')
    const done = [text('t', 'ask_resources'), text('rsc_hold', 'none'), text('info', 'done')]
    host.membership.outbox.send(done)
    host.membership.outbox.send(done)
    // It is at rest when it believes that this node is.
    host.reports.say()
    return true
  }
}
