/**
 * Maintenance: groups that are not started, stopped, monitored or moved, whatever happens. What is in maintenance is one
 * fact of the whole cluster: each change has a higher stamp, nodes adopt the highest they hear, and keep it on disk.
 */
import type { Peer } from '../cluster/peer.ts'
import type { MaintenanceState } from '../io.ts'
import { assertion } from './assertion.ts'
import type { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'

const KEYS_MAX = 1024
/** An end of maintenance that is refused as dangerous is believed when it is asked for again within this time. */
const CONFIRM_MS = 10_000

export const NO_MAINTENANCE: MaintenanceState = { stamp: 0, all: false, groups: [] }

/** The form in an hb node's word: stamp, a dot, then `all` or the keys with commas between, each URI-encoded. */
export function formatMaintenance({ stamp, all, groups }: MaintenanceState): string {
  return `${stamp.toString(16)}.${all ? 'all' : groups.map((k) => `:${encodeURIComponent(k)}`).join(',')}`
}

/** Null for anything that is not the form. */
export function parseMaintenance(word: string): MaintenanceState | null {
  const [, digits, rest] = /^([0-9a-f]{1,8})\.(.*)$/.exec(word) ?? []
  if (digits === undefined || rest === undefined) return null
  const stamp = Number.parseInt(digits, 16)
  if (rest === 'all' || rest === '') return { stamp, all: rest === 'all', groups: [] }
  const words = rest.split(',', KEYS_MAX)
  if (!words.every((w) => w.startsWith(':'))) return null
  try {
    return { stamp, all: false, groups: words.map((w) => decodeURIComponent(w.slice(1))) }
  } catch {
    return null
  }
}

export class Maintenance {
  private refusedMs = Number.NEGATIVE_INFINITY

  constructor(
    private readonly host: ResourceManager,
    public state: MaintenanceState,
  ) {}

  covers(group: GroupRecord): boolean {
    return this.state.all || this.state.groups.includes(group.key)
  }

  get any(): boolean {
    return this.state.all || this.state.groups.length > 0
  }

  /** Of an hb node's word: the higher stamp wins; of equal ones the greater text, so that both decide alike. */
  hear(word: string, from: string): void {
    if (word === '') return
    const theirs = parseMaintenance(word)
    if (theirs === null || theirs.stamp < this.state.stamp) return
    const mine = formatMaintenance(this.state)
    if (word === mine || (theirs.stamp === this.state.stamp && word < mine)) return
    this.change(theirs, `told by ${from}`)
  }

  command(id: number, on: boolean, key: string | null): void {
    const { host } = this
    const known = host.groups.map((g) => g.key)
    if (key !== null && !known.includes(key)) {
      const text = `no group ${key} in haresources; known: ${known.join(', ')}`
      return host.ctx.emit({ kind: 'reply', id, ok: false, text })
    }
    const danger = on ? null : this.danger(key)
    if (danger !== null) return host.ctx.emit({ kind: 'reply', id, ok: false, text: danger })
    const { stamp } = this.state
    this.change({ stamp: stamp + 1, ...this.after(on, key, known) }, `hb maintenance ${on ? 'on' : 'off'}`)
    const what = key === null ? 'every group' : `group ${key}`
    const old = host.membership.liveHeartbeat()
    const but =
      on && old !== undefined
        ? `; ${old.name} runs heartbeat, which knows no maintenance: it takes over if hb ends`
        : ''
    host.ctx.emit({ kind: 'reply', id, ok: true, text: `${what} is ${on ? '' : 'no longer '}in maintenance${but}` })
  }

  /** A node that is away may have been left running groups; others would start them a second time. */
  private danger(key: string | null): string | null {
    const { host } = this
    const { ms } = host.ctx.now
    const mine = host.groups.filter((g) => this.covers(g) && (key === null || g.key === key))
    for (const peer of host.membership.others().filter((p) => !p.alive || p.gone)) {
      const left = mine.find((g) => peer.hb?.held.has(g.index) === true)
      if (left === undefined || ms - this.refusedMs < CONFIRM_MS) continue
      this.refusedMs = ms
      return `refused: ${peer.name} is away and was left running ${left.key}: start hb there first; or see to it that nothing of it runs there, and say this again within ${CONFIRM_MS / 1000} s`
    }
    return null
  }

  private after(on: boolean, key: string | null, known: readonly string[]): Omit<MaintenanceState, 'stamp'> {
    if (key === null) return { all: on, groups: [] }
    const before = this.state.all ? known : this.state.groups
    if (on && this.state.all) return { all: true, groups: [] }
    const others = before.filter((k) => k !== key)
    return { all: false, groups: on ? [...others, key] : others }
  }

  private change(next: MaintenanceState, cause: string): void {
    const { host } = this
    const before = host.groups.filter((g) => this.covers(g))
    this.state = next
    host.ctx.emit({ kind: 'maintenance', state: next })
    const after = host.groups.filter((g) => this.covers(g))
    const entered = after.filter((g) => !before.includes(g))
    for (const g of entered) host.ctx.event('maintenance', g.key, 'off', 'on', cause)
    // At once: a daemon that ends before its next beat would leave addresses with a lifetime.
    if (entered.length > 0) host.ctx.emit(assertion(host))
    const freed = before.filter((g) => !after.includes(g))
    for (const g of freed) host.ctx.event('maintenance', g.key, 'on', 'off', cause)
    host.fencing.hurry()
    this.resume(freed, cause)
  }

  /** Whatever was done by hand meanwhile: what is held here must run, what is not may have been started. */
  private resume(groups: readonly GroupRecord[], cause: string): void {
    const { host } = this
    if (host.shutdown.asked) return host.orders.give(`${cause}, and this node is leaving`, groups, () => {})
    const held = groups.filter((g) => g.state === 'held')
    for (const g of groups) if (!g.present) g.residue = true
    if (held.length > 0)
      host.orders.restart(
        `the end of maintenance: ${cause}`,
        held.map((group) => ({ group, from: null })),
      )
  }

  /** A node that died before it heard of the end has left its groups as in maintenance: they stay in it. */
  lost(peer: Peer): void {
    const theirs = parseMaintenance(peer.hb?.maintenance ?? '')
    if (theirs === null || peer.gone || theirs.stamp >= this.state.stamp) return
    const kept = (g: GroupRecord) => theirs.all || theirs.groups.includes(g.key)
    const left = this.host.groups.filter((g) => peer.hb?.held.has(g.index) && kept(g) && !this.covers(g))
    if (left.length === 0) return
    const groups = [...this.state.groups, ...left.map((g) => g.key)]
    this.change({ stamp: this.state.stamp + 1, all: false, groups }, `${peer.name} died before it heard of its end`)
  }

  /** At the daemon's start: what runs here was left running. */
  find(): void {
    const { host } = this
    const groups = host.groups.filter((g) => this.covers(g))
    const steps = groups.map((group) => ({ work: 'find' as const, group }))
    const ended = () =>
      this.resume(
        groups.filter((g) => !this.covers(g)),
        'it was over before this was known',
      )
    if (steps.length > 0) host.queue.push('in maintenance: looking what runs here', steps, ended)
  }
}
