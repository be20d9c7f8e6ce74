/** Two cores that exchange real datagrams in virtual time, as fast as the machine can: what an hour does, in a second. */
import type { ClusterConfig, KeyRing } from '../../src/config/types.ts'
import { Engine } from '../../src/engine.ts'
import type { Effect, Input, Now } from '../../src/io.ts'
import { decode, encode } from '../../src/wire/codec.ts'
import { get } from '../../src/wire/message.ts'

const keys: KeyRing = {
  signWith: 1,
  keys: new Map([[1, { method: 'sha1', key: new TextEncoder().encode('labsecret') }]]),
}

interface Node {
  readonly name: string
  readonly engine: Engine
  readonly inbox: Uint8Array[]
}

export class Accelerated {
  /** Status messages sent by both. */
  beats = 0
  refused = 0
  private nowMs = 1000
  private readonly nodes: Node[]

  constructor(private readonly config: ClusterConfig) {
    this.nodes = config.nodes.map((name, i) => ({ name, engine: this.engine(name, i + 1), inbox: [] }))
    for (const node of this.nodes) {
      this.feed(node, { kind: 'start' })
      for (const link of config.links) this.feed(node, { kind: 'link', link, up: true, detail: '' })
    }
  }

  /** Goes on until so many beats have been sent in all. Throws when nothing happens any more. */
  until(beats: number): void {
    while (this.beats < beats) {
      const nextMs = Math.min(...this.nodes.map((n) => n.engine.deadlineMs))
      if (!Number.isFinite(nextMs)) throw new Error(`no node wants to be called again after ${this.beats} beats`)
      this.nowMs = Math.max(this.nowMs, nextMs)
      for (const node of this.nodes) if (node.engine.deadlineMs <= this.nowMs) this.feed(node, { kind: 'tick' })
      this.nowMs++
      for (const node of this.nodes) this.read(node)
    }
  }

  /** Group -> who believes to hold it, from both. */
  holders(): (string | null)[] {
    return this.nodes.map((n) => n.engine.snapshot().groups[0]?.holder ?? null)
  }

  private engine(name: string, id: number): Engine {
    const identity = { name, uuid: new Uint8Array(16).fill(id) }
    return new Engine({ config: this.config, identity, generation: 1, seed: id, run: name, now: this.now() })
  }

  private now(): Now {
    return { ms: this.nowMs, wallS: 1_700_000_000 + Math.floor(this.nowMs / 1000), load: '0.00 0.00 0.00 1/99 1234' }
  }

  private read(node: Node): void {
    for (let datagram = node.inbox.shift(); datagram !== undefined; datagram = node.inbox.shift()) {
      const decoded = decode(datagram, keys)
      if (!decoded.ok) this.refused++
      else this.feed(node, { kind: 'message', message: decoded.message, link: 'eth0', source: '10.0.0.1' })
    }
  }

  private feed(node: Node, input: Input): void {
    for (const effect of node.engine.step(input, this.now())) this.perform(node, effect)
  }

  private perform(node: Node, effect: Effect): void {
    if (effect.kind === 'send') {
      if (!effect.again && get(effect.message, 't') === 'status') this.beats++
      const datagram = encode(effect.message, keys, { innerAuth: false })
      for (const other of this.nodes) if (other !== node) other.inbox.push(datagram)
    } else if (effect.kind === 'resource') {
      const outcome = effect.job.op === 'status' ? 'stopped' : 'ok'
      this.feed(node, { kind: 'result', id: effect.job.id, outcome, code: 0, detail: '' })
    }
  }
}
