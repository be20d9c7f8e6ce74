/** ipfail as a client that is part of hb: signed on without a socket, and carried out within. */
import type { Config } from '../config/types.ts'
import type { Snapshot, StandbySet } from '../io.ts'
import { type Action, IPFAIL, Ipfail, type Situation } from '../ipfail/ipfail.ts'
import { type Message, text } from '../wire/message.ts'

export interface IpfailClientOptions {
  readonly config: Config
  readonly node: string
  readonly snapshot: () => Snapshot
  readonly send: (message: Message) => void
  readonly standby: (set: StandbySet, why: string) => void
}

/** A respawn or failfast line starts ipfail. */
export const isIpfail = (command: string): boolean => command.split(/\s+/)[0]!.endsWith(`/${IPFAIL}`)

/** What of a configuration the built-in ipfail goes by; null: it is not wanted here. */
export function ipfailWish(config: Config): { readonly line: string; readonly by: string } | null {
  const line = config.clients.find((c) => isIpfail(c.command))
  if (line === undefined) return null
  const { keepaliveMs, nodes, autoFailback, pingNodes } = config.cluster
  const by = JSON.stringify([keepaliveMs, nodes, autoFailback, pingNodes.length > 0])
  return { line: line.command, by }
}

/** Why ipfail has nothing to do here, or null. */
export function ipfailRefusal({ cluster }: Config): string | null {
  if (cluster.autoFailback === 'legacy') return 'auto_failback legacy knows no hand-over; set auto_failback on or off'
  if (cluster.pingNodes.length === 0) return 'there are no ping nodes'
  return null
}

export class IpfailClient {
  private readonly ipfail: Ipfail
  private readonly partner: string
  /** The number of its sign-on, which its messages carry. */
  generation = 0

  constructor(private readonly options: IpfailClientOptions) {
    const { cluster } = options.config
    this.partner = cluster.nodes.findLast((n) => n !== options.node) ?? ''
    const failback = cluster.autoFailback === 'on'
    this.ipfail = new Ipfail({ partner: this.partner, keepaliveMs: cluster.keepaliveMs, failback })
  }

  get pending(): boolean {
    return this.ipfail.pending
  }

  hear(message: Message): void {
    this.perform(this.ipfail.hear(message, this.situation(), performance.now()))
  }

  tick(): void {
    this.perform(this.ipfail.tick(this.situation(), performance.now()))
  }

  private situation(): Situation {
    const { nodes, stable, claim } = this.options.snapshot()
    return {
      pings: nodes.filter((n) => n.state === 'ping').length,
      stable,
      local: claim === 'local' || claim === 'all',
      foreign: claim === 'foreign' || claim === 'all',
    }
  }

  private perform(actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.kind === 'standby') this.options.standby(action.set, action.why)
      else this.options.send(this.message(action))
    }
  }

  private message(action: Extract<Action, { kind: 'say' }>): Message {
    const count = action.type === 'num_ping_nodes' ? [text('num_ping', String(action.pings))] : []
    return {
      fields: [
        text('t', action.type),
        text('dest', this.partner),
        ...count,
        text('from_id', IPFAIL),
        text('to_id', IPFAIL),
        text('client_gen', String(this.generation)),
      ],
    }
  }
}
