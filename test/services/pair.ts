/** Two cores that hear each other, in virtual time, for tests of what they do with services. Scripts do as they are told. */
import type { ClusterConfig, Group, Monitor, Resource } from '../../src/config/types.ts'
import { Engine } from '../../src/engine.ts'
import type { Effect, Event, GroupView, Input, MaintenanceState, Outcome } from '../../src/io.ts'
import { get, type Message } from '../../src/wire/message.ts'

export const resource = (text: string): Resource => {
  const address = /^[0-9.]+$/.test(text)
  return {
    text,
    script: address ? 'IPaddr' : text,
    args: address ? [text] : [],
    file: 'haresources',
    line: 1,
    column: 1,
  }
}

export const group = (owner: string, ...words: string[]): Group => {
  const resources = words.map(resource)
  return { key: words[0]!, owner, resources, file: 'haresources', line: 1, column: 1 }
}

export const monitor = (of: string, rest: Partial<Monitor> = {}): Monitor => ({
  resource: of,
  everyMs: 2000,
  timeoutMs: 1000,
  fail: 3,
  restarts: 1,
  withinMs: 60_000,
  probe: { kind: 'tcp', host: '127.0.0.1', port: 80 },
  file: 'hb.cf',
  line: 1,
  column: 1,
  ...rest,
})

export const config = (groups: readonly Group[], rest: Partial<ClusterConfig> = {}): ClusterConfig => ({
  nodes: ['ann', 'bob'],
  pingNodes: [],
  keepaliveMs: 500,
  deadtimeMs: 2000,
  warntimeMs: 1000,
  initdeadMs: 3000,
  deadpingMs: 2000,
  maxRexmitDelayMs: 250,
  hopfudge: 1,
  autoFailback: 'off',
  groups,
  links: ['eth0'],
  haresourcesSum: '0123abcd',
  startTimeoutMs: 4000,
  stopTimeoutMs: 3000,
  statusTimeoutMs: 2000,
  stopFailure: 'block',
  unserved: 'take',
  fencing: false,
  ...rest,
})

export class Node {
  engine: Engine | null = null
  /** What really runs here: addresses and services. */
  readonly runs = new Set<string>()
  /** "op resource" -> outcome, where it is not the usual one. */
  readonly trouble = new Map<string, Outcome>()
  /** Resources whose probes fail. */
  readonly broken = new Set<string>()
  /** What the stonith program says to this node about each reset to come; then that it is done, and it is. */
  readonly resets: ('fails' | 'lies' | 'hangs')[] = []
  readonly done: string[] = []
  readonly events: Event[] = []
  readonly effects: Effect[] = []
  /** Its messages other than its beats. */
  readonly sent: Message[] = []
  readonly replies = new Map<number, { ok: boolean; text: string }>()
  maintenance: MaintenanceState | undefined
  generation = 1

  constructor(readonly name: string) {}

  group(key: string): GroupView {
    return this.engine!.snapshot().groups.find((g) => g.key === key)!
  }

  get warnings(): string {
    return this.engine!.snapshot().warnings.join('\n')
  }
}

export class Pair {
  nowMs = 1000
  readonly ann = new Node('ann')
  readonly bob = new Node('bob')
  /** Nobody hears anybody. */
  cut = false
  /** Types of messages that nobody hears, however often they are said. */
  readonly lost = new Set<string>()
  private queue: { atMs: number; run: () => void }[] = []
  private lastId = 0

  constructor(public config: ClusterConfig) {}

  get nodes(): readonly Node[] {
    return [this.ann, this.bob]
  }

  boot(node: Node): void {
    const identity = { name: node.name, uuid: new Uint8Array(16).fill(node === this.ann ? 1 : 2) }
    node.engine = new Engine({
      config: this.config,
      identity,
      generation: node.generation++,
      seed: this.nowMs,
      run: `${node.name}${node.generation}`,
      now: this.now(),
      ...(node.maintenance ? { maintenance: node.maintenance } : {}),
    })
    this.input(node, { kind: 'start' })
    this.input(node, { kind: 'link', link: 'eth0', up: true, detail: '' })
  }

  /** Both, until they are settled. */
  start(): this {
    for (const node of this.nodes) this.boot(node)
    return this.run(8)
  }

  crash(node: Node): void {
    node.engine = null
  }

  powerOff(node: Node): void {
    this.crash(node)
    node.runs.clear()
  }

  private now() {
    return { ms: this.nowMs, wallS: Math.floor(this.nowMs / 1000), load: '0' }
  }

  private later(afterMs: number, run: () => void): void {
    this.queue.push({ atMs: this.nowMs + afterMs, run })
  }

  input(node: Node, input: Input): void {
    if (node.engine === null) return
    for (const effect of node.engine.step(input, this.now())) this.perform(node, effect)
  }

  private perform(node: Node, effect: Effect): void {
    if (effect.kind !== 'send' && effect.kind !== 'wanted') node.effects.push(effect)
    const { engine } = node
    const answer = (afterMs: number, input: Input) =>
      this.later(afterMs, () => {
        if (node.engine === engine) this.input(node, input)
      })
    if (effect.kind === 'send') {
      const other = this.nodes.find((n) => n !== node)!
      if (get(effect.message, 't') !== 'status' && !effect.again) node.sent.push(effect.message)
      if (!this.cut && !this.lost.has(get(effect.message, 't') ?? '')) {
        const { message } = effect
        this.later(1, () => this.input(other, { kind: 'message', message, link: 'eth0', source: node.name }))
      }
    } else if (effect.kind === 'event') node.events.push(effect.event)
    else if (effect.kind === 'reply') node.replies.set(effect.id, effect)
    else if (effect.kind === 'exit') node.engine = null
    else if (effect.kind === 'maintenance') node.maintenance = effect.state
    else if (effect.kind === 'fence') {
      const how = node.resets.shift()
      if (how === 'hangs') return
      answer(400, { kind: 'fenced', id: effect.id, ok: how !== 'fails', detail: how === 'fails' ? 'no answer' : '' })
      if (how === undefined) this.later(300, () => this.powerOff(this.nodes.find((n) => n.name === effect.node)!))
    } else if (effect.kind === 'drop') for (const r of effect.resources) node.runs.delete(r.text)
    else if (effect.kind === 'wanted') {
      for (const r of effect.present) node.runs.add(r.text)
      for (const r of effect.absent) node.runs.delete(r.text)
    } else if (effect.kind === 'probe') {
      const ok = !node.broken.has(effect.resource.text)
      answer(10, { kind: 'probed', id: effect.id, ok, detail: ok ? '' : 'connection refused' })
    } else if (effect.kind === 'resource') {
      const { id, op, resource } = effect.job
      const { text } = resource
      node.done.push(`${op} ${text}`)
      const outcome = node.trouble.get(`${op} ${text}`) ?? this.carryOut(node, op, text)
      answer(20, { kind: 'result', id, outcome, code: 0, detail: outcome === 'ok' ? '' : 'told to' })
    }
  }

  private carryOut(node: Node, op: string, text: string): Outcome {
    if (op === 'status') return node.runs.has(text) ? 'running' : 'stopped'
    if (op === 'start') node.runs.add(text)
    else node.runs.delete(text)
    return 'ok'
  }

  command(node: Node, command: Extract<Input, { kind: 'command' }>['command']): number {
    const id = ++this.lastId
    this.input(node, { kind: 'command', id, command })
    return id
  }

  /** Lets so many seconds pass. watch is called after every step and may throw. */
  run(seconds: number, watch: () => void = () => {}): this {
    const endMs = this.nowMs + seconds * 1000
    for (;;) {
      this.queue.sort((a, b) => a.atMs - b.atMs)
      const due = this.nodes.map((n) => n.engine?.deadlineMs ?? Number.POSITIVE_INFINITY)
      const next = Math.min(this.queue[0]?.atMs ?? Number.POSITIVE_INFINITY, ...due)
      if (next > endMs) break
      this.nowMs = Math.max(this.nowMs, next)
      if ((this.queue[0]?.atMs ?? Number.POSITIVE_INFINITY) <= this.nowMs) this.queue.shift()!.run()
      else
        for (const n of this.nodes)
          if ((n.engine?.deadlineMs ?? Infinity) <= this.nowMs) this.input(n, { kind: 'tick' })
      watch()
    }
    this.nowMs = endMs
    return this
  }

  /** Names of the nodes where it runs. */
  where(text: string): string {
    return this.nodes
      .filter((n) => n.runs.has(text))
      .map((n) => n.name)
      .join(' and ')
  }

  /** For run(): nothing runs on both. */
  readonly once = (): void => {
    for (const text of this.ann.runs) if (this.bob.runs.has(text)) throw new Error(`${text} runs on both`)
  }
}
