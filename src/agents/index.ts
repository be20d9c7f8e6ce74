/** All that starts and stops resources, and what keeps held addresses as they should be. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AddressConfig, Resource } from '../config/types.ts'
import type { Level, ResourceJob } from '../io.ts'
import { Addresses } from './address.ts'
import { Announcer, systemTimers, type Timers } from './announce.ts'
import { isAddress } from './argument.ts'
import { type Found, Looks } from './look.ts'
import { leaseSeconds, Reconciler, type Repair } from './reconcile.ts'
import { runScript, type ScriptOptions } from './script.ts'
import type { Agent, AgentResult } from './types.ts'
import { type Seen, Watch } from './watch.ts'

export interface AgentsOptions {
  readonly scripts: ScriptOptions
  /** As they are now: a reload may change them. */
  readonly addresses: () => AddressConfig
  /** How long an address that is being started may outlive the decision loop; asked at each start. null is for ever. */
  readonly leaseMs: () => number | null
  /** The time from one reconciliation to the next, which a lease has to outlive; 0 when it is left out. */
  readonly beatMs?: () => number
  readonly log: (level: Level, text: string) => void
  readonly timers?: Timers
  readonly nowMs?: () => number
}

export interface Agents {
  readonly agent: Agent
  /** Wanted addresses kept and their leases renewed, other known ones removed; what had to be put right. Fit for each beat. */
  reconcile(wanted: readonly Resource[], known: readonly Resource[], leaseMs: number | null): Repair[]
  /** Addresses in maintenance: those that are here lose their lifetime, so that they outlive the daemon; else nothing. */
  keep(resources: readonly Resource[]): Repair[]
  /** Takes addresses off at once, ahead of any queue; the details, by resource, of what was done. */
  drop(resources: readonly Resource[]): readonly { readonly resource: string; readonly result: AgentResult }[]
  /** Announces those that are held; kept when the last announcement is out. */
  announce(resources: readonly Resource[], cause: string): Promise<void>
  /**
   * Whether anybody answers for an address; beside: addresses that are known to be there, by the interface over which
   * they were heard. What is heard between two polls counts.
   */
  look(resource: Resource, beside: readonly (readonly [device: string, address: string])[]): Promise<Found>
  /** Tells the network that another host, of this hardware address, has what is held here; to be dropped next. */
  redirect(resources: readonly Resource[], mac: string, cause: string): void
  /** Announces all that are held, by the present settings of announcements. */
  announceHeld(cause: string): void
  /** Kept when the announcement that the last start began is out; at once when none is under way. */
  announced(resource: Resource): Promise<void>
  /**
   * Claims by others for held addresses, and changes of interfaces and addresses, since the last poll. The addresses of
   * an interface that came back are announced again.
   */
  poll(): Seen
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
  const looks = new Looks(() => addresses.netlink, options.timers ?? systemTimers)
  const watch = new Watch(addresses, looks, log)
  const lease = (leaseMs: number | null): number | null =>
    leaseMs === null || !options.addresses().lease ? null : leaseSeconds(leaseMs, options.beatMs?.() ?? 0)

  const told = new Set<string>()
  const tellBuiltIn = (script: string): void => {
    if (told.has(script)) return
    told.add(script)
    const path = join(options.scripts.directories.config, 'resource.d', script)
    if (existsSync(path)) log('info', `${script} is built in: ${path} is not run`)
  }

  const run = (job: ResourceJob): Promise<AgentResult> | AgentResult => {
    if (!isAddress(job.resource)) return runScript(job.resource, job.op, job.timeoutMs, options.scripts, job.monitor)
    tellBuiltIn(job.resource.script)
    if (job.op === 'start') {
      watch.catchUp()
      return addresses.start(job.resource, lease(options.leaseMs()))
    }
    return job.op === 'stop' ? addresses.stop(job.resource) : addresses.status(job.resource)
  }

  return {
    agent: { run },
    reconcile: (wanted, known, leaseMs) => reconciler.reconcile(wanted, known, lease(leaseMs)),
    keep: (resources) => (resources.length === 0 ? [] : reconciler.keep(resources)),
    drop: (resources) => resources.filter(isAddress).map((r) => ({ resource: r.text, result: addresses.stop(r) })),
    announce: async (resources, cause) => {
      await Promise.all(resources.filter(isAddress).map((r) => addresses.announce(r, cause)))
    },
    look: (resource, beside) => looks.look(resource, beside),
    redirect: (resources, mac, cause) => {
      for (const r of resources) if (isAddress(r)) addresses.redirect(r, mac, cause)
    },
    announceHeld(cause) {
      for (const { resource } of addresses.held.values()) addresses.announce(resource, cause)
    },
    announced: (resource) => announcer.finished(resource.text),
    poll: () => watch.poll(),
    close() {
      announcer.close()
      looks.close()
      watch.close()
      addresses.close()
    },
  }
}
