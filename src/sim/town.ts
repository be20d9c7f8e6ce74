/** A cluster of an operator's own configuration in virtual time, with weather on its links and hosts that stand still. */
import type { ClusterConfig } from '../config/types.ts'
import { get, type Message } from '../wire/message.ts'
import { Agenda } from './agenda.ts'
import { Dice } from './dice.ts'
import { SimHost } from './host.ts'
import { Network } from './network.ts'
import { Tally } from './tally.ts'

export interface Weather {
  /** Percent of all datagrams, each link by itself. */
  readonly lossPercent: number
  /** The longest a host stands still; 0 never. */
  readonly pauseMs: number
  /** Between two pauses of a host, on average. */
  readonly pauseEveryMs: number
  readonly seed: number
}

/** From a reset until hb runs again. */
const REBOOT_MS = 60_000

export class Town {
  nowMs = 0
  readonly agenda = new Agenda()
  readonly hosts: readonly SimHost[]
  readonly tally: Tally
  readonly network: Network
  private readonly byName: ReadonlyMap<string, SimHost>
  private readonly dice: Dice

  constructor(
    readonly config: ClusterConfig,
    private readonly weather: Weather,
    /** Is told each message that a node sends, once for all links. */
    private readonly told: (message: Message) => void = () => {},
  ) {
    this.dice = new Dice(weather.seed)
    const { agenda, dice } = this
    const nowMs = () => this.nowMs
    this.network = new Network(config.nodes, config.links, false, agenda, dice, nowMs, (to, from, message, link) => {
      const host = this.byName.get(to)!
      if (!host.running) return
      if (get(message, 't') === 'status') this.tally.heard(from, to)
      host.input({ kind: 'message', message, link, source: from })
    })
    this.network.weather.loss = weather.lossPercent
    this.hosts = config.nodes.map((name, i) => this.makeHost(name, i))
    this.byName = new Map(this.hosts.map((h) => [h.name, h]))
    this.tally = new Tally(config.groups, () => this.hosts, nowMs)
    for (const host of this.hosts) {
      agenda.at(dice.unit() * 300, () => host.boot())
      if (weather.pauseMs > 0) this.pauseSoon(host)
    }
    if (config.pingNodes.length > 0) agenda.at(100, () => this.answerPings())
  }

  private makeHost(name: string, index: number): SimHost {
    return new SimHost(name, index, this.config, {
      agenda: this.agenda,
      dice: this.dice,
      nowMs: () => this.nowMs,
      send: (host, { message }) => {
        this.told(message)
        this.network.send(host.name, message)
      },
      event: (_, { event }) => {
        if (event.subject !== 'node' || event.to !== 'dead' || !this.tally.watching) return
        if (this.byName.get(event.name)?.running === true) this.tally.falseDeaths++
      },
      reset: (of) => this.reset(this.byName.get(of)),
      changed: () => this.tally.look(),
    })
  }

  /** Power off and on; a host that is off stays so until somebody comes. */
  private reset(host: SimHost | undefined): void {
    if (host?.running !== true) return
    host.off()
    this.agenda.at(this.nowMs + REBOOT_MS, () => {
      if (!host.running) host.boot()
    })
  }

  runUntil(untilMs: number): void {
    for (;;) {
      const next = this.agenda.nextMs()
      if (next === null || next > untilMs) break
      const entry = this.agenda.take()!
      this.nowMs = Math.max(this.nowMs, entry.atMs)
      entry.run()
    }
    this.nowMs = Math.max(this.nowMs, untilMs)
  }

  /** Goes on until that is so; false when it was not within limitMs. */
  runTo(reached: () => boolean, limitMs: number): boolean {
    const endMs = this.nowMs + limitMs
    while (!reached()) {
      if (this.nowMs >= endMs) return false
      this.runUntil(Math.min(endMs, this.nowMs + 10))
    }
    return true
  }

  get settled(): boolean {
    return this.hosts.every((h) => h.running && h.settled)
  }

  private pauseSoon(host: SimHost): void {
    const { dice, weather } = this
    const inMs = -Math.log(1 - dice.unit()) * weather.pauseEveryMs
    this.agenda.at(this.nowMs + inMs, () => {
      if (host.running) {
        host.paused = true
        this.tally.look()
      }
      this.agenda.at(this.nowMs + weather.pauseMs * (0.5 + dice.unit() / 2), () => {
        if (host.paused) host.resume()
        this.pauseSoon(host)
      })
    })
  }

  /** Ping nodes are well: a cluster in bad weather has enough to tell. */
  private answerPings(): void {
    this.agenda.at(this.nowMs + this.config.keepaliveMs, () => this.answerPings())
    for (const { name } of this.config.pingNodes) {
      const fields = [
        { type: 0, name: 't', value: 'NS_st' },
        { type: 0, name: 'st', value: 'ping' },
        { type: 0, name: 'src', value: name },
      ] as const
      for (const h of this.hosts) h.input({ kind: 'message', message: { fields }, link: name, source: name })
    }
  }
}
