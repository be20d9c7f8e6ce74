/** A simulated host of an operator's own configuration: the core, a kernel, and services that start and work. */
import { bareAddress, isAddress } from '../config/address-agents.ts'
import type { ClusterConfig, Resource } from '../config/types.ts'
import { Engine } from '../engine.ts'
import type { Effect, Input, ResourceJob } from '../io.ts'
import type { Agenda } from './agenda.ts'
import type { Dice } from './dice.ts'
import { Kernel } from './kernel.ts'

const WALL_START_S = 1_700_000_000
/** A socket buffer holds about so many datagrams. */
const WAITING_MAX = 200
/** Scripts answer within so long. */
const SCRIPT_MS = 120
/** A device that resets hosts takes up to so long. */
const FENCE_MS = 2000

export interface Surroundings {
  readonly agenda: Agenda
  readonly dice: Dice
  readonly nowMs: () => number
  readonly send: (host: SimHost, effect: Extract<Effect, { kind: 'send' }>) => void
  readonly event: (host: SimHost, effect: Extract<Effect, { kind: 'event' }>) => void
  /** The stonith device of ha.cf resets the host of that name. */
  readonly reset: (name: string) => void
  /** An address has come or gone. */
  readonly changed: () => void
}

export class SimHost {
  readonly kernel: Kernel
  /** Stands still: nothing is sent, heard or answered. */
  paused = false
  private engine: Engine | null = null
  private readonly services = new Set<string>()
  private readonly waiting: Input[] = []
  private leaseMs = 1000
  private generation = 0
  private wakeForMs = Number.NaN
  private wakeToken = 0
  private life = 0

  constructor(
    readonly name: string,
    private readonly index: number,
    private readonly config: ClusterConfig,
    private readonly world: Surroundings,
  ) {
    this.kernel = new Kernel(world.agenda, world.dice, world.nowMs, world.changed)
  }

  get running(): boolean {
    return this.engine !== null
  }

  /** Clients that ask for the address get an answer of this host. */
  serves(address: string): boolean {
    return !this.paused && this.kernel.addresses.has(address)
  }

  runs(service: string): boolean {
    return !this.paused && this.services.has(service)
  }

  get settled(): boolean {
    return this.engine?.resources.settled === true
  }

  boot(): void {
    const { dice } = this.world
    this.life++
    this.generation++
    const identity = { name: this.name, uuid: new Uint8Array(16).fill(this.index + 1) }
    const seed = dice.between(0, 0x7fffffff)
    const run = `${this.index}x${this.life}`
    this.engine = new Engine({ config: this.config, identity, generation: this.generation, seed, run, now: this.now() })
    this.wakeForMs = Number.NaN
    this.input({ kind: 'start' })
    for (const link of this.config.links) this.input({ kind: 'link', link, up: true, detail: '' })
  }

  /** The power is cut. */
  off(): void {
    this.engine = null
    this.paused = false
    this.life++
    this.waiting.length = 0
    this.services.clear()
    this.kernel.clear()
    this.world.changed()
  }

  resume(): void {
    this.paused = false
    const inputs = this.waiting.splice(0)
    if (this.world.dice.chance(50)) this.input({ kind: 'tick' })
    for (const input of inputs) this.input(input)
    this.wakeForMs = Number.NaN
    this.input({ kind: 'tick' })
    this.world.changed()
  }

  input(input: Input): void {
    if (this.engine === null) return
    if (this.paused) {
      if (this.waiting.length < WAITING_MAX || input.kind === 'result') this.waiting.push(input)
      return
    }
    for (const effect of this.engine.step(input, this.now())) this.carryOut(effect)
    this.wake()
  }

  private now() {
    const nowMs = this.world.nowMs()
    return { ms: nowMs, wallS: WALL_START_S + Math.floor(nowMs / 1000), load: '0.00 0.00 0.00 1/1 1' }
  }

  private wake(): void {
    const { engine } = this
    if (engine === null || engine.deadlineMs === this.wakeForMs || !Number.isFinite(engine.deadlineMs)) return
    this.wakeForMs = engine.deadlineMs
    const token = ++this.wakeToken
    const { agenda, nowMs, dice } = this.world
    agenda.at(Math.max(nowMs(), engine.deadlineMs) + dice.unit(), () => {
      if (token !== this.wakeToken || this.engine !== engine || this.paused) return
      this.wakeForMs = Number.NaN
      this.input({ kind: 'tick' })
    })
  }

  private carryOut(effect: Effect): void {
    if (effect.kind === 'send') this.world.send(this, effect)
    else if (effect.kind === 'event') this.world.event(this, effect)
    else if (effect.kind === 'resource') this.work(effect.job)
    else if (effect.kind === 'wanted') {
      this.leaseMs = effect.leaseMs
      for (const r of effect.present) this.add(r)
      for (const r of effect.absent) this.remove(r)
    } else if (effect.kind === 'drop') for (const r of effect.resources) this.remove(r)
    else if (effect.kind === 'probe') this.probe(effect)
    else if (effect.kind === 'fence') this.fence(effect)
  }

  /** A service that runs here works; what it is asked by makes no difference. */
  private probe({ id, resource }: Extract<Effect, { kind: 'probe' }>): void {
    this.answer(SCRIPT_MS, () => ({ kind: 'probed', id, ok: this.has(resource), detail: '' }))
  }

  private fence({ id, node }: Extract<Effect, { kind: 'fence' }>): void {
    this.answer(FENCE_MS, () => {
      this.world.reset(node)
      return { kind: 'fenced', id, ok: true, detail: '' }
    })
  }

  /** Some time later, unless the host has fallen meanwhile. */
  private answer(withinMs: number, input: () => Input): void {
    const { agenda, nowMs, dice } = this.world
    const { life } = this
    agenda.at(nowMs() + dice.unit() * withinMs, () => {
      if (life === this.life) this.input(input())
    })
  }

  private has(resource: Resource): boolean {
    return isAddress(resource) ? this.kernel.addresses.has(bareAddress(resource)) : this.services.has(resource.text)
  }

  private work({ id, op, resource }: ResourceJob): void {
    const outcome = op !== 'status' ? 'ok' : this.has(resource) ? 'running' : 'stopped'
    if (op !== 'status') this.put(resource, op === 'start')
    this.answer(isAddress(resource) ? 3 : SCRIPT_MS, () => ({ kind: 'result', id, outcome, code: 0, detail: '' }))
  }

  private put(resource: Resource, on: boolean): void {
    if (isAddress(resource)) return on ? this.add(resource) : this.remove(resource)
    if (on) this.services.add(resource.text)
    else this.services.delete(resource.text)
    this.world.changed()
  }

  private add(resource: Resource): void {
    if (this.kernel.set(bareAddress(resource), this.leaseMs)) this.world.changed()
  }

  private remove(resource: Resource): void {
    if (this.kernel.delete(bareAddress(resource))) this.world.changed()
  }
}
