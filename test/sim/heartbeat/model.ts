/**
 * A heartbeat 3.0.6 as the reference describes it, for clusters of one hb and one heartbeat: its own sequence and
 * generation rules, deaths judged every 250 ms, and the restart two seconds after a healed partition.
 */
import type { Identity } from '../../../src/cluster/context.ts'
import type { ClusterConfig } from '../../../src/config/types.ts'
import type { Effect, Input, Now } from '../../../src/io.ts'
import { binary, type Field, get, getDecimal, getHex, type Message, text } from '../../../src/wire/message.ts'
import { Neighbour } from './neighbour.ts'
import { Resources } from './resources.ts'

export interface ModelStart {
  readonly config: ClusterConfig
  readonly identity: Identity
  readonly generation: number
  readonly now: Now
}

const POLL_MS = 250
const ALLOWANCE_MS = 2000
const ALLOWED_FOR_MS = 5000
const RESTART_AFTER_MS = 2000
const RESTART_DT_MS = 30_000
const HISTORY_MAX = 500

export class HeartbeatModel {
  now: Now
  active = false
  private state = 'init'
  private communication = false
  private seq = 0
  private beatMs: number
  private pollMs: number
  private askMs = Number.POSITIVE_INFINITY
  private restartMs = Number.POSITIVE_INFINITY
  private endMs = Number.POSITIVE_INFINITY
  private extraDtMs = 0
  private restarting = false
  private effects: Effect[] = []
  private readonly history: Message[] = []
  private readonly looped: Message[] = []
  private readonly neighbours: Neighbour[]
  readonly resources: Resources
  private readonly startedMs: number

  constructor(private readonly start: ModelStart) {
    this.now = start.now
    this.startedMs = start.now.ms
    this.beatMs = start.now.ms + start.config.keepaliveMs
    this.pollMs = start.now.ms + POLL_MS
    const { config, identity } = start
    const names = config.nodes.filter((n) => n !== identity.name)
    this.neighbours = [
      ...names.map((n) => new Neighbour(n, false, config.deadtimeMs)),
      ...config.pingNodes.map((p) => new Neighbour(p.name, true, config.deadpingMs)),
    ]
    this.resources = new Resources(this, config, identity.name)
  }

  get deadlineMs(): number {
    const asked = this.neighbours.filter((n) => !n.ping && n.alive)
    const asks = asked.map((n) => n.order.nextAskMs() ?? Number.POSITIVE_INFINITY)
    return Math.min(this.beatMs, this.pollMs, this.askMs, this.restartMs, this.endMs, ...asks)
  }

  emit(effect: Effect): void {
    this.effects.push(effect)
  }

  step(input: Input, now: Now): Effect[] {
    this.now = now
    if (input.kind === 'start') {
      this.status()
      this.state = 'up'
      this.status()
      this.status()
    } else if (input.kind === 'message') this.receive(input.message)
    else if (input.kind === 'result') this.resources.children.result(input)
    else if (input.kind === 'command') this.command(input)
    this.timers()
    for (let own = this.looped.shift(); own !== undefined; own = this.looped.shift()) {
      this.resources.hear(get(own, 't') ?? '', own, this.start.identity.name)
    }
    const { effects } = this
    this.effects = []
    return effects
  }

  private command({ id, command }: Extract<Input, { kind: 'command' }>): void {
    if (command.verb === 'stop') this.resources.begin()
    else if (command.verb === 'standby') this.resources.standby.ask(command.set)
    else if (command.verb === 'takeover') this.send([text('t', 'hb_takeover'), text('rsc_hold', command.set)])
    this.emit({ kind: 'reply', id, ok: true, text: 'heartbeat does not say what becomes of it' })
  }

  private timers(): void {
    const { ms } = this.now
    if (ms >= this.beatMs) {
      this.beatMs = Math.max(this.beatMs + this.start.config.keepaliveMs, ms + 1)
      this.status()
    }
    if (ms >= this.pollMs) {
      this.pollMs = ms + POLL_MS
      for (const n of this.neighbours) if (n.overdue(this.patienceMs(n), this.startedMs, ms)) this.declareDead(n)
      this.resources.poll()
    }
    for (const n of this.neighbours) if (!n.ping && n.alive) this.askMissing(n)
    if (ms >= this.askMs) this.askNodes()
    if (ms >= this.restartMs) {
      this.restartMs = Number.POSITIVE_INFINITY
      this.restarting = true
      this.resources.begin()
    }
    if (ms >= this.endMs) {
      this.endMs = Number.POSITIVE_INFINITY
      this.emit({ kind: 'exit', code: 0, cause: 'heartbeat has ended' })
    }
  }

  // --- saying ------------------------------------------------------------------------------------------------------

  private status(): void {
    const { deadtimeMs } = this.start.config
    const young = this.now.ms - this.startedMs < ALLOWED_FOR_MS
    const dt = deadtimeMs + Math.max(young ? ALLOWANCE_MS : 0, this.extraDtMs)
    this.send([text('t', 'status'), text('st', this.state), text('dt', dt.toString(16)), text('protocol', '1')])
  }

  send(fields: readonly Field[]): void {
    const { identity, generation, config } = this.start
    const type = fields.find((f) => f.name === 't')?.value
    const numbered = !String(type).startsWith('NS_')
    const seq = numbered ? [text('seq', (++this.seq).toString(16))] : []
    const common = [text('src', identity.name), binary('srcuuid', identity.uuid), ...seq]
    const rest = [text('hg', generation.toString(16)), text('ts', this.now.wallS.toString(16)), text('ttl', '3')]
    const message: Message = { fields: [...fields, ...common, ...rest] }
    if (numbered) this.history.push(message)
    if (this.history.length > HISTORY_MAX) this.history.shift()
    this.emit({ kind: 'send', message, again: false })
    const dest = get(message, 'dest')
    if (numbered && type !== 'status' && config.nodes.length > 0 && (dest === undefined || dest === identity.name)) {
      this.looped.push(message)
    }
  }

  /** shutdone is said: two more seconds of beats, then the end. Whoever will be back asks for patience. */
  leave(): void {
    if (this.restarting) this.extraDtMs = RESTART_DT_MS
    this.endMs = this.now.ms + 2000
  }

  // --- hearing -----------------------------------------------------------------------------------------------------

  private receive(m: Message): void {
    const n = this.neighbours.find((x) => x.name === get(m, 'src'))
    const type = get(m, 't') ?? ''
    if (n === undefined) return
    if (n.ping) return this.hearPing(n)
    const dest = get(m, 'dest')
    const forUs = dest === undefined || dest === this.start.identity.name
    if (type.startsWith('NS_')) return forUs ? this.protocol(type, m, n) : undefined
    const verdict = n.judge(m, type, this.now.ms + this.start.config.maxRexmitDelayMs)
    if (verdict === 'drop' || !forUs) return
    if (verdict === 'healed') this.healed(n)
    if (type === 'status') this.hearStatus(m, n)
    else if (type === 'reqnodes') this.answerNodes(n)
    else if (type === 'repnodes') this.becomeActive()
    else this.resources.hear(type, m, n.name)
  }

  private hearPing(n: Neighbour): void {
    n.lastMs = this.now.ms
    n.heard = true
    n.state = 'ping'
    this.checkCommunication()
  }

  private protocol(type: string, m: Message, n: Neighbour): void {
    if (type === 'NS_nak_rexmit') n.order.giveUp(getHex(m, 'firstseq') ?? 0)
    if (type !== 'NS_rexmit') return
    const first = getDecimal(m, 'firstseq') ?? 0
    const last = Math.min(getDecimal(m, 'lastseq') ?? 0, first + 50)
    const wanted = this.history.filter((h) => {
      const seq = getHex(h, 'seq') ?? 0
      return seq >= first && seq <= last
    })
    for (const message of wanted) this.emit({ kind: 'send', message, again: true })
  }

  private askMissing(n: Neighbour): void {
    for (const seq of n.order.due(this.now.ms, this.start.config.maxRexmitDelayMs)) {
      const s = String(seq)
      this.send([text('t', 'NS_rexmit'), text('dest', n.name), text('firstseq', s), text('lastseq', s)])
    }
  }

  private hearStatus(m: Message, n: Neighbour): void {
    // Too late by the local deadtime: dead and alive again in one step.
    if (n.alive && n.lastMs !== null && this.now.ms - n.lastMs > this.start.config.deadtimeMs) this.declareDead(n)
    n.takeStatus(m, this.now.ms)
    this.checkCommunication()
  }

  private healed(n: Neighbour): void {
    // Its last status is older than deadtime: once more it is told of as dead, before it is alive.
    if (this.active) this.resources.onDead(n.name, true)
    this.status()
    this.emit({ kind: 'log', level: 'CRIT', text: 'returning after partition' })
    if (this.restartMs === Number.POSITIVE_INFINITY) this.restartMs = this.now.ms + RESTART_AFTER_MS
  }

  private patienceMs(n: Neighbour): number {
    return this.communication ? n.deadtimeMs : this.start.config.initdeadMs
  }

  private declareDead(n: Neighbour): void {
    const known = n.heard
    n.die()
    this.emit({ kind: 'log', level: 'WARN', text: `node ${n.name}: is dead` })
    this.checkCommunication()
    if (!n.ping && this.active) this.resources.onDead(n.name, known)
    else if (!n.ping) this.deadEarly.push(n.name)
  }

  /** Declared dead before this node became active: taken over when it does. */
  private readonly deadEarly: string[] = []

  claims(owner: string): boolean {
    const { mine } = this.resources
    if (this.start.config.autoFailback === 'legacy') return true
    return owner === this.start.identity.name ? mine.local : mine.foreign
  }

  otherActive(): boolean {
    return this.neighbours.some((n) => !n.ping && n.state === 'active')
  }

  // --- joining -----------------------------------------------------------------------------------------------------

  private checkCommunication(): void {
    if (this.communication || this.neighbours.some((n) => !n.heard && n.state !== 'dead')) return
    this.communication = true
    this.askNodes()
  }

  private askNodes(): void {
    this.askMs = Number.POSITIVE_INFINITY
    if (this.active) return
    const n = this.neighbours.find((x) => !x.ping && x.alive)
    if (n === undefined) return this.becomeActive()
    this.send([text('t', 'reqnodes'), text('dest', n.name)])
    this.askMs = this.now.ms + 1000
  }

  private answerNodes(n: Neighbour): void {
    const list = this.start.config.nodes.map((x) => `${x} `).join('')
    this.send([text('dest', n.name), text('t', 'repnodes'), text('nodelist', list), text('delnodelist', ' ')])
  }

  private becomeActive(): void {
    if (this.active) return
    this.askMs = Number.POSITIVE_INFINITY
    this.active = true
    this.state = 'active'
    this.status()
    this.resources.onActive()
    for (const name of this.deadEarly) this.resources.onDead(name, false)
  }
}
