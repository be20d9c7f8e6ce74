/**
 * The core's one door: an input and the time go in, effects come out; deadlineMs tells when it wants to be called even
 * if nothing happens. It reads no clock, opens no socket, draws no random number of its own.
 */
import { Context, type Identity } from './cluster/context.ts'
import { Membership } from './cluster/membership.ts'
import type { ClusterConfig } from './config/types.ts'
import { capture, type Handover, obstacle, restore } from './handover.ts'
import type { Command, Effect, Input, MaintenanceState, Now, Snapshot } from './io.ts'
import { assertion, renewalMs } from './resources/assertion.ts'
import { NO_MAINTENANCE } from './resources/maintenance.ts'
import { ResourceManager } from './resources/manager.ts'
import { reconfigure } from './resources/reconfigure.ts'
import { snapshot } from './snapshot.ts'

/** Lateness below this is the ordinary noise of a scheduler. */
const NOISE_MS = 20
/** What was said during a stall lies in the sockets: time to hear it before anyone is judged. */
const DRAIN_MS = 100

export interface EngineStart {
  readonly config: ClusterConfig
  readonly identity: Identity
  /** The generation to begin with; it is on disk already. */
  readonly generation: number
  /** For delays that must differ from node to node. */
  readonly seed: number
  /** A number that no other life of this node has. */
  readonly run: string
  readonly now: Now
  /** What was in maintenance when this node last ran. */
  readonly maintenance?: MaintenanceState
  /** The state of the program that this one has taken the place of. */
  readonly handover?: Handover
}

export class Engine {
  readonly ctx: Context
  readonly membership: Membership
  readonly resources: ResourceManager
  /** How late the decision loop has been: last and worst, in ms. */
  readonly lateness = { lastMs: 0, maxMs: 0 }
  private lastNews = ''
  started = false
  private readonly continued: boolean
  startedMs: number

  constructor(start: EngineStart) {
    this.ctx = new Context(start.config, start.identity, start.seed, start.now)
    this.resources = new ResourceManager(this.ctx, start.run, start.maintenance ?? NO_MAINTENANCE)
    this.membership = new Membership(this.ctx, start.generation, this.resources)
    this.resources.membership = this.membership
    this.startedMs = start.now.ms
    if (start.handover !== undefined) restore(this, start.handover)
    this.continued = start.handover !== undefined
  }

  /** When step() has to be called next at the latest, in monotonic ms. */
  get deadlineMs(): number {
    return Math.min(this.ctx.timers.next() ?? Number.POSITIVE_INFINITY, this.membership.judging.nextDeadlineMs())
  }

  step(input: Input, now: Now): Effect[] {
    this.ctx.now = now
    if (this.started) this.noticeStall()
    this.take(input)
    if (this.started) {
      this.runTimers()
      this.membership.judging.judge()
      this.resources.monitors.arrange()
      this.tellChanges()
    }
    return this.ctx.takeEffects()
  }

  private take(input: Input): void {
    switch (input.kind) {
      case 'start':
        this.started = true
        this.ctx.log('info', `Heartbeat generation: ${this.membership.outbox.generation}`)
        if (this.continued) this.membership.resume()
        else {
          this.membership.start()
          this.resources.maintenance.find()
        }
        this.ctx.emit(assertion(this.resources))
        break
      case 'tick':
        break
      case 'message':
        this.membership.hearing.receive(input.message, input.link, input.source)
        break
      case 'result':
        this.resources.queue.result(input.id, input)
        break
      case 'probed':
        this.resources.monitors.result(input.id, input.ok, input.detail)
        break
      case 'looked':
        this.resources.unserved.looked(input.id, input.found)
        break
      case 'fenced':
        this.resources.fencing.result(input.id, input.ok, input.detail)
        break
      case 'command':
        this.command(input.id, input.command)
        break
      case 'link':
        this.localLink(input.link, input.up, input.detail)
        break
      case 'conflict':
        this.conflict(input.address, input.mac)
        break
      case 'repaired':
        this.ctx.count(input.what === 'put-back' ? 'addresses_put_back' : 'addresses_removed')
        this.ctx.event('address', input.resource, 'other than wanted', input.what, 'wanted and actual were compared')
        break
      case 'client-message':
        if (this.started && !this.resources.shutdown.over) this.membership.outbox.send(input.message.fields)
        break
      case 'config':
        reconfigure(this.resources, input.config)
        break
    }
  }

  private command(id: number, command: Command): void {
    if (command.verb === 'stop') this.resources.shutdown.begin(id)
    else if (command.verb === 'clear') this.resources.failover.clearCommand(id, command.group)
    else if (command.verb === 'maintenance') this.resources.maintenance.command(id, command.on, command.group)
    else if (command.verb === 'standby') this.resources.standby.begin(command.set, 'hb standby', id)
    else this.resources.standby.takeover.begin(command.set, id)
  }

  private localLink(name: string, up: boolean, detail: string): void {
    const known = this.membership.localLinks.get(name)
    if (known === undefined || (known.up === up && known.detail === detail)) return
    this.membership.localLinks.set(name, { up, detail })
    if (known.up === up) return
    const { self } = this.ctx
    this.ctx.log(up ? 'info' : 'WARN', `Link ${self.name}:${name} ${up ? 'up' : 'dead'}. ${detail}`.trim())
    this.ctx.event(
      'link',
      `${self.name}:${name}`,
      known.up ? 'up' : 'dead',
      up ? 'up' : 'dead',
      detail || 'told by the medium',
    )
    if (up) this.resources.healing.announceHeld(`link ${name} came up`)
  }

  private conflict(address: string, mac: string): void {
    const { conflicts } = this.resources
    this.ctx.count('address_conflicts')
    conflicts.heard(address, mac, this.ctx.now.ms)
    if (this.resources.legacy.yieldToOwner(address, mac)) return
    this.resources.legacy.claimedTwice(address)
    if (!conflicts.worthAnAnswer(address, this.ctx.now.ms)) return
    this.resources.unclaimed.claimedTwice(address)
    this.ctx.event('conflict', address, 'ours', 'claimed twice', `${mac} answers for it too`)
    this.resources.healing.announceHeld(`${mac} claims ${address}`)
  }

  /** A late wake-up: nobody is judged for what could not be heard, and a long one costs the right to the addresses. */
  private noticeStall(): void {
    const { ctx, membership } = this
    const due = ctx.timers.at('beat')
    if (due === undefined) return
    const lateMs = Math.max(0, ctx.now.ms - due)
    if (lateMs <= NOISE_MS) return
    membership.judging.excuse(lateMs)
    membership.judging.hold(ctx.now.ms + DRAIN_MS)
    const awayMs = ctx.now.ms - membership.lastBeatMs
    const { deadtimeMs, keepaliveMs } = ctx.config
    const margin = Math.min(50, keepaliveMs / 4)
    if (lateMs > keepaliveMs) {
      ctx.log(
        'WARN',
        `this node was away for ${awayMs.toFixed(0)} ms; a deadtime above ${Math.ceil(awayMs / 500) * 0.5 + 1} s would stand it`,
      )
    }
    if (awayMs < deadtimeMs - margin) return
    ctx.event(
      'stall',
      ctx.self.name,
      'running',
      'away',
      `no beat for ${awayMs.toFixed(0)} ms, deadtime ${deadtimeMs} ms`,
    )
    this.resources.stall.letGo(`this node was away for ${awayMs.toFixed(0)} ms`, DRAIN_MS)
  }

  private runTimers(): void {
    const { ctx, membership, resources } = this
    for (let i = 0; i < 1000; i++) {
      const dueMs = ctx.timers.at('beat') ?? ctx.now.ms
      const name = ctx.timers.takeDue(ctx.now.ms)
      if (name === null) return
      if (name === 'beat') this.beat(dueMs)
      else if (name === 'lease') ctx.emit(assertion(resources))
      else if (name === 'reqnodes') membership.joining.askNodes()
      else if (name === 'starting') resources.starting.askAgain()
      else if (name === 'fallback') resources.starting.fallback()
      else if (name === 'silence') resources.stall.silence()
      else if (name === 'failback') resources.failback.tryNow()
      else if (name === 'hand-over') resources.failover.review()
      else if (name === 'monitors') resources.monitors.due()
      else if (name === 'audit') resources.healing.audit()
      else if (name === 'job') resources.queue.overdue()
      else if (name === 'retry-stop') resources.queue.retryStop()
      else if (name === 'standby') resources.standby.overdue()
      else if (name === 'takeover') resources.standby.takeover.overdue()
      else if (name === 'shutdown-wait') resources.shutdown.waitedLongEnough()
      else if (name === 'fence') resources.fencing.due()
      else if (name === 'linger') resources.shutdown.lingered()
      else if (name === 'ip-request') resources.legacy.unanswered()
      else throw new Error(`no such timer: ${name}`)
    }
  }

  private beat(dueMs: number): void {
    this.lateness.lastMs = this.ctx.now.ms - dueMs
    this.lateness.maxMs = Math.max(this.lateness.maxMs, this.lateness.lastMs)
    this.membership.beat(dueMs)
    this.lastNews = this.resources.news()
    this.ctx.emit(assertion(this.resources))
    const { keepaliveMs, deadtimeMs } = this.ctx.config
    const renewal = renewalMs(keepaliveMs, deadtimeMs)
    if (renewal !== null) this.ctx.timers.arm('lease', this.ctx.now.ms + renewal)
  }

  /** An hb peer hears at once, not with the next beat, what is held here now. */
  private tellChanges(): void {
    const news = this.resources.news()
    if (news === this.lastNews) return
    this.lastNews = news
    if (this.membership.liveOthers().some((p) => p.hb !== null)) this.membership.sendStatus()
  }

  /** How much the bounded parts hold now, for whoever checks the bounds. */
  sizes(): Record<'history' | 'missing' | 'events' | 'timers' | 'tasks', number> {
    const missing = [...this.membership.peers.values()].map((p) => p.order.missingCount)
    return {
      history: this.membership.outbox.history.size,
      missing: Math.max(0, ...missing),
      events: this.ctx.events.length,
      timers: this.ctx.timers.size,
      tasks: this.resources.queue.length,
    }
  }

  /** Another program is to take the place of this one: why not now, or a last beat and all that it must know. */
  handOver(now: Now): { readonly obstacle: string } | { readonly handover: Handover; readonly effects: Effect[] } {
    this.ctx.now = now
    const why = obstacle(this)
    if (why !== null) return { obstacle: why }
    this.membership.sendStatus()
    this.ctx.emit(assertion(this.resources))
    return { handover: capture(this), effects: this.ctx.takeEffects() }
  }

  snapshot(): Snapshot {
    return snapshot(this)
  }
}
