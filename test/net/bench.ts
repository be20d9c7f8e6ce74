/** The agents under test between two namespaces, and what the tests ask them. */
import { type Agents, createAgents } from '../../src/agents/index.ts'
import type { AgentResult } from '../../src/agents/types.ts'
import { parseResource } from '../../src/config/haresources.ts'
import type { AddressConfig, Resource } from '../../src/config/types.ts'
import type { Operation } from '../../src/io.ts'
import { ip, Pair } from './namespace.ts'

/** A word of haresources. */
export const resource = (text: string): Resource =>
  parseResource({ text, file: '/etc/ha.d/haresources', line: 1, column: 7 })

export class Bench {
  readonly pair = new Pair()
  readonly log: string[] = []
  leaseMs: number | null = null
  readonly agents: Agents

  constructor(addresses: Partial<AddressConfig> = {}) {
    this.agents = createAgents({
      scripts: { directories: { config: '/nowhere', init: '/nowhere', ocf: '/nowhere' }, env: () => ({}) },
      addresses: () => ({ lease: true, arpCount: 1, arpIntervalMs: 20, arpRefreshMs: 0, ...addresses }),
      leaseMs: () => this.leaseMs,
      log: (level, text) => this.log.push(`${level} ${text}`),
    })
  }

  /** An address resource is answered at once, without a promise. */
  run(op: Operation, text: string): AgentResult {
    const job = { id: 1, op, group: text, resource: resource(text), timeoutMs: 1000 }
    const result = this.agents.agent.run(job)
    if (result instanceof Promise) throw new Error(`${text} was not answered at once`)
    return result
  }

  /** Addresses of an interface as "10.9.0.50/24 eth0:0", IPv6 without the label; link-local ones left out. */
  addresses(device = 'eth0'): string[] {
    return ip(`-o addr show dev ${device}`)
      .split('\n')
      .flatMap((line) => {
        const [, address] = /inet6? (\S+)/.exec(line) ?? []
        if (!address || address.startsWith('fe80')) return []
        const label = /inet .*\s(\S+)\\/.exec(line)?.[1]
        return [label ? `${address} ${label}` : address]
      })
  }

  /** The whole line about an address. */
  details(address: string): string {
    return (
      ip('-o addr show')
        .split('\n')
        .find((line) => line.includes(` ${address}/`)) ?? ''
    )
  }

  /** Takes every service address away again, whoever put it there. */
  clean(): void {
    ip('addr flush dev eth0 scope global')
    ip('addr add 10.9.0.1/24 brd 10.9.0.255 dev eth0')
    this.log.length = 0
    this.leaseMs = null
  }

  close(): void {
    this.agents.close()
    this.pair.close()
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
