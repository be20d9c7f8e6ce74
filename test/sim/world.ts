/** A cluster in virtual time: hosts, links, the clients' segment, and an agenda of what happens next. */
import { Engine } from '../../src/engine.ts'
import type { Effect, Input } from '../../src/io.ts'
import { Agenda } from '../../src/sim/agenda.ts'
import { Dice } from '../../src/sim/dice.ts'
import { Kernel } from '../../src/sim/kernel.ts'
import { Network } from '../../src/sim/network.ts'
import { type Message, text } from '../../src/wire/message.ts'
import { carryOut } from './effects.ts'
import { HeartbeatModel } from './heartbeat/model.ts'
import { type Brain, Host, WAITING_MAX } from './host.ts'
import { Ledger } from './ledger.ts'
import type { Violation } from './properties.ts'
import { changedConfig, type Scene } from './scene.ts'
import { Scripts } from './scripts.ts'
import { Segment } from './segment.ts'
import type { Trace } from './trace.ts'

/** What waits outside of the sockets, which overflow: ends of scripts, and whoever types `hb reload`. */
const LASTING: ReadonlySet<Input['kind']> = new Set(['result', 'config'])

const WALL_START_S = 1_700_000_000
const STEPS_MAX = 400_000

export class World {
  nowMs = 0
  steps = 0
  readonly agenda = new Agenda()
  readonly dice: Dice
  readonly hosts: ReadonlyMap<string, Host>
  readonly network: Network
  readonly segment = new Segment(['client1', 'client2'])
  readonly ledger: Ledger
  /** When an end of maintenance was last refused. */
  refusedMs = Number.NEGATIVE_INFINITY
  /** What was found wrong first, or null. */
  wrong: string | null = null

  constructor(
    readonly scene: Scene,
    readonly trace: Trace,
  ) {
    this.dice = new Dice(scene.seed ^ 0x5bd1e995)
    this.hosts = new Map(scene.nodes.map((name, i) => [name, this.makeHost(name, i)]))
    this.network = new Network(
      scene.nodes,
      scene.links,
      scene.encoded,
      this.agenda,
      this.dice,
      () => this.nowMs,
      (to, from, message, link) => this.deliver(to, from, message, link),
    )
    this.ledger = new Ledger(this)
    for (const host of this.hosts.values()) this.agenda.at(scene.startAtMs[host.name] ?? 0, () => this.boot(host))
    if (scene.ping) this.agenda.at(100, () => this.answerPings())
  }

  private makeHost(name: string, index: number): Host {
    const uuid = new Uint8Array(16).fill(index + 1)
    const kernel = new Kernel(
      this.agenda,
      this.dice,
      () => this.nowMs,
      (address) => this.leaseOver(name, address),
    )
    return new Host(name, uuid, this.scene.old.includes(name), kernel, new Scripts(this.dice))
  }

  private leaseOver(name: string, address: string): void {
    this.trace.say(this.nowMs, name, `kernel: lease of ${address} is over`)
    this.trace.count('lease expired')
    this.ledger.check()
  }

  host(name: string): Host {
    return this.hosts.get(name)!
  }

  fail(what: Violation): void {
    if (this.wrong !== null) return
    this.wrong = what
    this.trace.say(this.nowMs, '*', `VIOLATION ${what}`)
  }

  /** Goes on until that time, or until something is wrong. */
  runUntil(untilMs: number): void {
    while (this.wrong === null) {
      const next = this.agenda.nextMs()
      if (next === null || next > untilMs) break
      const entry = this.agenda.take()!
      this.nowMs = Math.max(this.nowMs, entry.atMs)
      entry.run()
      if (this.steps > STEPS_MAX) this.fail(`spinning: ${this.steps} steps at ${this.nowMs} ms`)
    }
    if (this.wrong === null) this.nowMs = Math.max(this.nowMs, untilMs)
  }

  // --- a daemon's life ---------------------------------------------------------------------------------------------

  boot(host: Host): void {
    if (host.brain !== null) return
    host.life++
    host.told.clear()
    const onDisk = host.generation === null ? this.wallS(host) + 1 : host.generation + 1
    // As the daemon does it: what cannot be written down has to be above whatever was used and not written.
    const generation = host.diskFull > 0 ? Math.max(onDisk, this.wallS(host) + 1) : onDisk
    if (host.diskFull === 0) host.generation = host.old ? generation : generation + 1
    host.startedMs = this.nowMs
    host.awakeMs = this.nowMs
    host.longAwakeMs = this.nowMs
    host.diedMs = null
    host.wakeForMs = Number.NaN
    this.trace.say(this.nowMs, host.name, `starts, generation ${generation}`)
    host.brain = this.makeBrain(host, generation)
    this.step(host, { kind: 'start' })
    for (const link of this.scene.links) {
      this.step(host, { kind: 'link', link, up: this.network.plugged(host.name, link), detail: '' })
    }
  }

  private makeBrain(host: Host, generation: number): Brain {
    const config = changedConfig(this.scene, host.change, host.name)
    const identity = { name: host.name, uuid: host.uuid }
    const seed = this.dice.between(0, 0x7fffffff)
    const now = { ms: host.kernel.ms, wallS: this.wallS(host), load: '0.00' }
    if (host.old) return new HeartbeatModel({ config, identity, generation, now })
    const { maintenance } = host
    const run = `${host.name}${host.life}`
    return new Engine({ config, identity, generation, seed, run, now, ...(maintenance ? { maintenance } : {}) })
  }

  wallS(host: Host): number {
    return WALL_START_S + Math.floor(this.nowMs / 1000) + host.wallOffsetS
  }

  end(host: Host): void {
    if (host.brain instanceof Engine) this.trace.countAll(host.brain.ctx.counters)
    host.brain = null
    host.life++
    host.waiting.length = 0
    host.diedMs = this.nowMs
  }

  // --- inputs ------------------------------------------------------------------------------------------------------

  deliver(to: string, from: string, message: Message, link: string): void {
    const host = this.host(to)
    if (host.running) this.ledger.heard(from, host, message)
    else if (host.brain !== null) this.ledger.spoken(from, host)
    if (host.paused === 'machine' || host.paused === 'suspend') return
    this.input(host, { kind: 'message', message, link, source: from })
  }

  /** Now, or as soon as the process goes on. */
  input(host: Host, input: Input): void {
    if (host.brain === null) return
    if (host.paused === null) this.step(host, input)
    else if (host.waiting.length < WAITING_MAX || LASTING.has(input.kind)) host.waiting.push(input)
  }

  /** After a delay, unless that life of the daemon is over by then. */
  later(host: Host, afterMs: number, input: Input): void {
    const { life } = host
    this.agenda.at(this.nowMs + afterMs, () => {
      if (host.life === life) this.input(host, input)
    })
  }

  step(host: Host, input: Input): void {
    const { brain } = host
    if (brain === null || this.wrong !== null) return
    this.steps++
    this.trace.input(this.nowMs, host.name, input)
    let effects: Effect[] = []
    try {
      effects = brain.step(input, { ms: host.kernel.ms, wallS: this.wallS(host), load: '0.00 0.01 0.05 1/1 1' })
    } catch (error) {
      return this.fail(`exception: on ${host.name}: ${error instanceof Error ? error.stack : error}`)
    }
    for (const effect of effects) carryOut(this, host, effect)
    this.wake(host)
    this.ledger.check(host, input, effects)
  }

  private wake(host: Host): void {
    const { brain } = host
    if (brain === null || brain.deadlineMs === host.wakeForMs || !Number.isFinite(brain.deadlineMs)) return
    host.wakeForMs = brain.deadlineMs
    const token = ++host.wakeToken
    const waitMs = Math.max(0, brain.deadlineMs - host.kernel.ms)
    this.agenda.at(this.nowMs + waitMs + this.dice.unit(), () => {
      if (token !== host.wakeToken || host.brain !== brain || host.paused !== null) return
      host.wakeForMs = Number.NaN
      this.step(host, { kind: 'tick' })
    })
  }

  /** The process goes on after a pause: what lies in its sockets and its overdue timers come in either order. */
  resume(host: Host): void {
    const inputs = host.waiting.splice(0)
    host.wakeForMs = Number.NaN
    if (this.dice.chance(50)) this.step(host, { kind: 'tick' })
    for (const input of inputs) {
      if (input.kind === 'message') this.ledger.heard(input.source, host, input.message)
      this.step(host, input)
    }
    if (inputs.length === 0) this.step(host, { kind: 'tick' })
  }

  // --- ping nodes --------------------------------------------------------------------------------------------------

  pingSilent = 0

  private answerPings(): void {
    this.agenda.at(this.nowMs + this.scene.keepaliveMs, () => this.answerPings())
    if (this.pingSilent > 0) return
    const name = '10.0.0.254'
    const message = { fields: [text('t', 'NS_st'), text('st', 'ping'), text('src', name)] }
    for (const host of this.hosts.values()) {
      if (host.paused === null && this.network.plugged(host.name, this.scene.links[0]!)) {
        this.input(host, { kind: 'message', message, link: name, source: name })
      }
    }
  }
}
