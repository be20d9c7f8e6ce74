/** From the socket to the core: what a stranger sends stays outside, what a wild member sends does no harm inside. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { ClusterConfig } from '../../src/config/types.ts'
import { Mailbox } from '../../src/daemon/mailbox.ts'
import { Engine } from '../../src/engine.ts'
import type { Input } from '../../src/io.ts'
import { encode } from '../../src/wire/codec.ts'
import { files, read, right } from '../config/helper.ts'
import { latin1, signedBody } from '../wire/example.ts'
import { sha1Ring } from '../wire/keys.ts'
import { fuzz, LONG_MS } from './fuzz.ts'
import { Mutator } from './mutate.ts'
import { messages, words } from './specimens.ts'

setDefaultTimeout(LONG_MS)

const RUNS = 20_000
/** So many inputs meet one life of a node. */
const LIFE = 2000
const EFFECTS_MAX = 500
const BOUNDS = { history: 500, missing: 499, events: 256, timers: 40, tasks: 60 }

const haCf = files.haCf!.replace('node alpha beta', 'node ann bob')
const config: ClusterConfig = right(
  read({ haCf, haresources: 'ann 10.0.0.101 svc\nbob 10.0.0.102\n' }, { nodename: 'ann' }),
).cluster
const string = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const packets = messages.map((m) => string(encode(m, sha1Ring, { innerAuth: true })))
const bodies = packets.map((p) => p.slice(0, p.lastIndexOf('%%%\n') + 4))

/** A node that hears whatever the fuzzer says, in a time that goes on. */
class Node {
  fed = 0
  private lived = 0
  private ms = 0
  private engine = this.fresh()
  readonly mailbox = new Mailbox({
    keys: () => sha1Ring,
    feed: (input) => this.feed(input),
    log: () => {},
    nowMs: () => this.ms,
    logBadpack: () => true,
    debug: () => 4,
  })

  private now() {
    return { ms: this.ms, wallS: 1_700_000_000 + Math.floor(this.ms / 1000), load: '0.00' }
  }

  private fresh(): Engine {
    const identity = { name: 'ann', uuid: new Uint8Array(16).fill(1) }
    const engine = new Engine({ config, identity, generation: 5, seed: 1, run: 'a', now: this.now() })
    engine.step({ kind: 'start' }, this.now())
    return engine
  }

  private feed(input: Input): void {
    this.fed++
    if (++this.lived % LIFE === 0) this.engine = this.fresh()
    this.ms += 40
    this.step(input)
    if (this.engine.deadlineMs <= this.ms) this.step({ kind: 'tick' })
  }

  private step(input: Input): void {
    const effects = this.engine.step(input, this.now())
    if (effects.length > EFFECTS_MAX) throw new Error(`${effects.length} effects of one input`)
    for (const e of effects) {
      if (e.kind === 'send') encode(e.message, sha1Ring, { innerAuth: true })
      if (e.kind === 'resource')
        this.engine.step({ kind: 'result', id: e.job.id, outcome: 'ok', code: 0, detail: '' }, this.now())
    }
    for (const [name, n] of Object.entries(this.engine.sizes())) {
      if (n > BOUNDS[name as keyof typeof BOUNDS]) throw new Error(`${n} ${name} are kept`)
    }
  }
}

test('not one byte of a stranger reaches the core', () => {
  const node = new Node()
  // Right in everything but the signature, which no digit of is as it should be.
  const strange = new Mutator(
    packets.map((p) => p.replace(/%%%\n.*$/s, `%%%\n42:1 ${'0123456789'.repeat(4)},`)),
    words,
    8192,
  )
  fuzz('core, forged', strange.inputs.map(latin1), RUNS, (bytes) => {
    node.mailbox.take('eth0', bytes, '10.0.0.9')
  })
  expect(node.fed).toBe(0)
  expect(Object.keys(node.mailbox.refusals)).toContain('bad-digest')
})

test('a member that has gone mad does not break the core', () => {
  const node = new Node()
  const mad = new Mutator(bodies, words, 8192)
  const inputs = mad.inputs.map((body) => signedBody(body, sha1Ring))
  fuzz('core, rightly signed', inputs, RUNS, (bytes) => {
    node.mailbox.take('eth0', bytes, '10.0.0.2')
  })
  expect(node.fed).toBeGreaterThan(RUNS / 20)
})
