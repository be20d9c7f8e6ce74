/** Carries effects out. It decides nothing. */
import type { Agents } from '../agents/index.ts'
import { type ProbeOptions, runProbe } from '../agents/probe.ts'
import type { FenceResult } from '../agents/stonith.ts'
import type { KeyRing, PingNode } from '../config/types.ts'
import type { Effect, Event, Input, Level, MaintenanceState, ResourceJob } from '../io.ts'
import { encode } from '../wire/codec.ts'
import { get, type Message, text } from '../wire/message.ts'
import type { Carriers } from './carriers.ts'
import type { GenerationFile } from './generation.ts'

export interface WorldOptions {
  readonly keys: () => KeyRing
  /** Whether datagrams hold the signature of heartbeat's older form (msgfmt classic). */
  readonly innerAuth: () => boolean
  /** How long an address may outlive the decision loop; null: without a lease. */
  readonly leaseMs: () => number | null
  readonly carriers: Carriers
  readonly agents: Agents
  readonly generation: GenerationFile
  readonly feed: (input: Input) => void
  readonly log: (level: Level, text: string) => void
  readonly reply: (id: number, ok: boolean, text: string) => void
  readonly notify: (script: string, message: Message) => void
  readonly deliver: (message: Message) => void
  readonly env: () => Readonly<Record<string, string>>
  readonly maintenance: (state: MaintenanceState) => void
  readonly reboot: (cause: string) => void
  readonly fence: (node: string) => Promise<FenceResult>
  /** With every beat, after what it wanted was done. */
  readonly beaten: () => void
  readonly exit: (code: number, cause: string) => void
}

export class World {
  /** Addresses (resources as written) that were announced since they were last taken. */
  readonly announced = new Set<string>()
  /** Probes that wait; null while they are carried out at once. */
  private held: { readonly effect: Extract<Effect, { kind: 'probe' }>; readonly sinceMs: number }[] | null = null

  constructor(private readonly options: WorldOptions) {}

  perform(effect: Effect): void {
    const { options } = this
    switch (effect.kind) {
      case 'send':
        return this.send(effect.message, effect.again)
      case 'generation':
        return options.generation.use(effect.value)
      case 'resource':
        return this.run(effect.job)
      case 'wanted':
        this.assert(effect)
        return options.beaten()
      case 'probe':
        return this.probe(effect)
      case 'look':
        void options.agents
          .look(effect.resource, effect.beside)
          .then((found) => options.feed({ kind: 'looked', id: effect.id, found }))
        return
      case 'maintenance':
        return options.maintenance(effect.state)
      case 'fence':
        void options
          .fence(effect.node)
          .then(({ ok, detail }) => options.feed({ kind: 'fenced', id: effect.id, ok, detail }))
        return
      case 'reboot':
        return options.reboot(effect.cause)
      case 'drop':
        for (const { resource, result } of options.agents.drop(effect.resources)) {
          options.log('WARN', `${resource} dropped: ${effect.cause}: ${result.detail}`)
        }
        return
      case 'announce':
        void options.agents.announce(effect.resources, effect.cause)
        return
      case 'redirect':
        return options.agents.redirect(effect.resources, effect.mac, effect.cause)
      case 'event':
        return options.log('info', eventText(effect.event))
      case 'log':
        return options.log(effect.level, effect.text)
      case 'reply':
        return options.reply(effect.id, effect.ok, effect.text)
      case 'notify':
        return options.notify(effect.script, effect.message)
      case 'deliver':
        return options.deliver(effect.message)
      case 'exit':
        return options.exit(effect.code, effect.cause)
    }
  }

  /** Probes wait until they are allowed again. */
  holdProbes(on: boolean): void {
    const waiting = this.held ?? []
    this.held = on ? waiting : null
    if (!on) for (const { effect } of waiting) this.probe(effect)
  }

  /** How long the first of them has waited: the core counts one that is not answered in time as failed. */
  get heldForMs(): number {
    const first = this.held?.[0]
    return first === undefined ? 0 : performance.now() - first.sinceMs
  }

  private send(message: Message, again: boolean): void {
    const { options } = this
    const form = { innerAuth: options.innerAuth() }
    options.carriers.send(encode(message, options.keys(), form))
    if (again || get(message, 't') !== 'status') return
    options.carriers.beat((node) => encode(pingWish(node, message), options.keys(), form))
  }

  private run(job: ResourceJob): void {
    const { options } = this
    const answer = options.agents.agent.run(job)
    const tell = (result: Awaited<typeof answer>) => {
      if (job.op === 'start' && result.outcome === 'ok') this.announced.add(job.resource.text)
      else if (job.op !== 'status') this.announced.delete(job.resource.text)
      const words = `${job.resource.text} ${job.op}: ${result.outcome}${result.detail === '' ? '' : `: ${result.detail}`}`
      options.log(['failed', 'timeout', 'missing'].includes(result.outcome) ? 'ERROR' : 'info', words)
      options.feed({ kind: 'result', id: job.id, ...result })
    }
    if (answer instanceof Promise) void answer.then(tell)
    else tell(answer)
  }

  private probe(effect: Extract<Effect, { kind: 'probe' }>): void {
    if (this.held !== null) return void this.held.push({ effect, sinceMs: performance.now() })
    const { options } = this
    const { id, group, resource, monitor } = effect
    const probing: ProbeOptions = {
      env: options.env,
      status: async (asked, timeoutMs) =>
        options.agents.agent.run({ id: 0, op: 'status', group, resource: asked, timeoutMs, monitor: true }),
    }
    void runProbe(monitor, resource, probing).then(({ ok, detail }) => options.feed({ kind: 'probed', id, ok, detail }))
  }

  private assert({ present, absent, kept }: Extract<Effect, { kind: 'wanted' }>): void {
    const { options } = this
    const repairs = [
      ...options.agents.reconcile(present, absent, options.leaseMs()),
      ...options.agents.keep(kept ?? []),
    ]
    for (const repair of repairs) {
      options.log('WARN', `${repair.resource}: ${repair.what}: ${repair.detail}`)
      if (repair.what !== 'failed') options.feed({ kind: 'repaired', resource: repair.resource, what: repair.what })
    }
  }
}

/** What a ping node is to send back: the echo of it is then received as if the node had said it. */
function pingWish(node: PingNode, status: Message): Message {
  return {
    fields: [
      text('t', 'NS_st'),
      text('st', 'ping'),
      text('info', node.kind),
      text('src', node.name),
      text('ts', get(status, 'ts') ?? '1'),
    ],
  }
}

function eventText({ subject, name, from, to, cause }: Event): string {
  return `${subject} ${name}: ${from} -> ${to} (${cause})`
}
