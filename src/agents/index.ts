/** All that starts and stops resources, and what keeps held addresses as they should be. */
import type { AddressConfig, Resource } from '../config/types.ts'
import type { Level, ResourceJob } from '../io.ts'
import { type Conflict, ConflictWatch } from '../linux/arp.ts'
import { listInterfaces } from '../linux/interfaces.ts'
import { reasonOf } from '../linux/libc.ts'
import { type Change, Monitor } from '../linux/monitor.ts'
import { Addresses } from './address.ts'
import { Announcer, type Timers } from './announce.ts'
import { isAddress } from './argument.ts'
import { leaseSeconds, Reconciler, type Repair } from './reconcile.ts'
import { runScript, type ScriptOptions } from './script.ts'
import type { Agent, AgentResult } from './types.ts'

export interface AgentsOptions {
  readonly scripts: ScriptOptions
  readonly addresses: AddressConfig
  /** The lease of an address that is being started; asked at each start. null is for ever. */
  readonly leaseMs: () => number | null
  readonly log: (level: Level, text: string) => void
  readonly timers?: Timers
  readonly nowMs?: () => number
}

export interface Agents {
  readonly agent: Agent
  /** Wanted addresses kept and their leases renewed, other known ones removed; what had to be put right. Fit for each beat. */
  reconcile(wanted: readonly Resource[], known: readonly Resource[], leaseMs: number | null): Repair[]
  /** Takes addresses off at once, ahead of any queue; the details, by resource, of what was done. */
  drop(resources: readonly Resource[]): readonly { readonly resource: string; readonly result: AgentResult }[]
  /** Announces those that are held; kept when the last announcement is out. */
  announce(resources: readonly Resource[], cause: string): Promise<void>
  /** Kept when the announcement that the last start began is out; at once when none is under way. */
  announced(resource: Resource): Promise<void>
  /** Claims by others for held addresses, and changes of interfaces and addresses, since the last poll. */
  poll(): { readonly conflicts: Conflict[]; readonly changes: Change[] }
  close(): void
}

/** Opens nothing before it is needed; what cannot be opened is logged once and done without. */
export function createAgents(options: AgentsOptions): Agents {
  const { log } = options
  const announcer = new Announcer({
    netlink: () => addresses.netlink,
    addresses: options.addresses,
    ...(options.timers ? { timers: options.timers } : {}),
    log,
  })
  const addresses: Addresses = new Addresses({
    announce: (what, cause) => announcer.announce(what, cause),
    silence: (key) => announcer.stop(key),
  })
  const reconciler = new Reconciler(addresses, options.nowMs)
  const watches = new Watches(log)
  const lease = (leaseMs: number | null): number | null =>
    leaseMs === null || !options.addresses.lease ? null : leaseSeconds(leaseMs)

  const run = (job: ResourceJob): Promise<AgentResult> | AgentResult => {
    if (!isAddress(job.resource)) return runScript(job.resource, job.op, job.timeoutMs, options.scripts)
    if (job.op === 'start') return addresses.start(job.resource, lease(options.leaseMs()))
    return job.op === 'stop' ? addresses.stop(job.resource) : addresses.status(job.resource)
  }

  return {
    agent: { run },
    reconcile: (wanted, known, leaseMs) => reconciler.reconcile(wanted, known, lease(leaseMs)),
    drop: (resources) => resources.filter(isAddress).map((r) => ({ resource: r.text, result: addresses.stop(r) })),
    announce: async (resources, cause) => {
      await Promise.all(resources.filter(isAddress).map((r) => addresses.announce(r, cause)))
    },
    announced: (resource) => announcer.finished(resource.text),
    poll: () => watches.poll(addresses),
    close() {
      announcer.close()
      watches.close()
      addresses.close()
    },
  }
}

class Watches {
  readonly #log: AgentsOptions['log']
  readonly #given = new Set<string>()
  #conflicts: ConflictWatch | undefined
  #monitor: Monitor | undefined

  constructor(log: AgentsOptions['log']) {
    this.#log = log
  }

  poll(addresses: Addresses): { conflicts: Conflict[]; changes: Change[] } {
    const held = [...addresses.held.values()].map((h) => h.spec.ip).filter((ip) => ip.length === 4)
    const conflicts = this.#try('address conflicts', () => {
      this.#conflicts ??= new ConflictWatch()
      const ours = held.length === 0 ? [] : listInterfaces(addresses.netlink).map((i) => i.mac)
      return this.#conflicts.poll(held, ours)
    })
    const changes = this.#try('changes of interfaces', () => {
      this.#monitor ??= new Monitor()
      return this.#monitor.poll()
    })
    return { conflicts, changes }
  }

  close(): void {
    this.#conflicts?.close()
    this.#monitor?.close()
  }

  #try<T>(what: string, action: () => T[]): T[] {
    if (this.#given.has(what)) return []
    try {
      return action()
    } catch (error) {
      this.#given.add(what)
      this.#log('WARN', `cannot watch for ${what}: ${reasonOf(error)}`)
      return []
    }
  }
}
