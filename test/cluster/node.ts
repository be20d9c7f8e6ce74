/** One node whose time and whose hearing a test commands; bob is the other one, and says what the test makes him say. */
import { Engine } from '../../src/engine.ts'
import type { Effect, Input } from '../../src/io.ts'
import { binary, get, type Message, text } from '../../src/wire/message.ts'
import { clusterConfig, group, type Scene } from '../sim/scene.ts'

const TICKS_MAX = 10_000
const bobUuid = new Uint8Array(16).fill(2)

export const scene: Scene = {
  seed: 1,
  nodes: ['ann', 'bob'],
  old: [],
  links: ['eth0'],
  keepaliveMs: 1000,
  deadtimeMs: 3000,
  initdeadMs: 6000,
  autoFailback: 'off',
  groups: [group('ann', ['10.0.0.101'], 1)],
  ping: false,
  encoded: false,
  startAtMs: {},
  faultsUntilMs: 0,
  faults: [],
}

export class Node {
  ms = 0
  readonly effects: Effect[] = []
  /** Resources that cannot be started. */
  readonly broken = new Set<string>()
  /** Resources whose stop does not end. */
  readonly hanging = new Set<string>()
  private readonly answered = new Set<number>()
  private readonly engine: Engine

  constructor(over: Partial<Scene> = {}) {
    const config = clusterConfig({ ...scene, ...over })
    const identity = { name: 'ann', uuid: new Uint8Array(16).fill(1) }
    this.engine = new Engine({ config, identity, generation: 5, seed: 1, run: 'a1', now: this.now() })
    this.step({ kind: 'start' })
  }

  private now() {
    return { ms: this.ms, wallS: 1_700_000_000, load: '0.00' }
  }

  private step(input: Input): void {
    const effects = this.engine.step(input, this.now())
    this.effects.push(...effects)
    for (const e of effects) {
      if (e.kind !== 'resource' || (e.job.op === 'stop' && this.hanging.has(e.job.resource.text))) continue
      const fails = e.job.op === 'start' && this.broken.has(e.job.resource.text)
      const outcome = e.job.op === 'status' ? 'stopped' : fails ? 'failed' : 'ok'
      this.step({ kind: 'result', id: e.job.id, outcome, code: 0, detail: '' })
    }
  }

  /** Time passes, and the node is called whenever it wants to be. */
  until(ms: number): void {
    for (let ticks = 0; this.engine.deadlineMs <= ms; ticks++) {
      if (ticks > TICKS_MAX) throw new Error(`it wants to be called again and again at ${this.ms} ms`)
      this.ms = Math.max(this.ms, this.engine.deadlineMs)
      this.step({ kind: 'tick' })
    }
    this.ms = ms
  }

  /** Called then, whether it wants to be or not, and not before. */
  tickAt(ms: number): void {
    this.ms = ms
    this.step({ kind: 'tick' })
  }

  /** Time passes, and the node is not called before its end. */
  stallUntil(ms: number): void {
    this.tickAt(ms)
  }

  hear(type: string, fields: Readonly<Record<string, string>>, seq: number | null, generation = 7, from = 'bob'): void {
    const common = [
      text('src', from),
      ...(from === 'bob' ? [binary('srcuuid', bobUuid)] : []),
      text('hg', generation.toString(16)),
      text('ts', '1'),
    ]
    const said = Object.entries(fields).map(([name, value]) => text(name, value))
    const number = seq === null ? [] : [text('seq', seq.toString(16))]
    const message: Message = { fields: [text('t', type), ...said, ...common, ...number, text('ttl', '3')] }
    this.step({ kind: 'message', message, link: 'eth0', source: '10.0.0.2' })
  }

  status(seq: number, fields: Readonly<Record<string, string>> = {}): void {
    this.hear('status', { st: 'active', dt: 'bb8', protocol: '1', ...fields }, seq)
  }

  get counters(): Readonly<Record<string, number>> {
    return this.engine.snapshot().counters
  }

  stateOf(name: string): string {
    return this.engine.snapshot().nodes.find((n) => n.name === name)!.state
  }

  /** Looks that have been asked for and not been answered. */
  get looks(): number[] {
    return this.effects.flatMap((e) => (e.kind === 'look' && !this.answered.has(e.id) ? [e.id] : []))
  }

  looked(found: 'served' | 'silent' | 'unknown'): void {
    for (const id of this.looks) {
      this.answered.add(id)
      this.step({ kind: 'looked', id, found })
    }
  }

  /** A frame says that another host has the address. */
  claimed(address: string, mac: string): void {
    this.step({ kind: 'conflict', address, mac })
  }

  stop(): void {
    this.step({ kind: 'command', id: 1, command: { verb: 'stop' } })
  }

  /** Addresses that were let go of at once, without a script. */
  get dropped(): string[] {
    return this.effects.flatMap((e) => (e.kind === 'drop' ? e.resources.map((r) => r.text) : []))
  }

  get standby(): string {
    return this.engine.snapshot().standby
  }

  /** Scripts and addresses that were started or stopped, as `start 10.0.0.101`. */
  jobs(): string[] {
    return this.effects.flatMap((e) => (e.kind === 'resource' ? [`${e.job.op} ${e.job.resource.text}`] : []))
  }

  /** What the first group of haresources does here. */
  stateOfGroup(): string {
    return this.engine.snapshot().groups[0]!.state
  }

  get holds(): boolean {
    return this.engine.snapshot().groups.every((g) => g.holder === 'ann')
  }

  sent(type: string): Message[] {
    return this.effects.flatMap((e) => (e.kind === 'send' && get(e.message, 't') === type ? [e.message] : []))
  }
}
