/**
 * When to ask a service whether it works, and what its answers lead to. A group that is held is watched; after `fail`
 * failures in a row the resource is started anew in place, as often as `restarts within` allows; then the group is given
 * to failover.ts.
 */
import type { Monitor } from '../config/types.ts'
import type { MonitorView } from '../io.ts'
import type { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'

/** The shell ends a probe at its time limit; should its answer not come, the core goes on by itself. */
const ANSWER_GRACE_MS = 2000

interface Watch {
  readonly monitor: Monitor
  readonly group: GroupRecord
  /** The place of its resource in the group. */
  readonly at: number
  /** When to ask next; null while the group is not watched. */
  dueMs: number | null
  failures: number
  job: { readonly id: number; readonly untilMs: number } | null
  last: { ok: boolean; detail: string; atMs: number } | null
}

export class Monitors {
  private watches: Watch[] = []
  private lastId = 0

  constructor(private readonly host: ResourceManager) {
    this.configure()
  }

  /** Takes in the monitors of the present configuration; those that stay as they are go on counting. */
  configure(): void {
    const { groups, ctx } = this.host
    const old = this.watches
    this.watches = (ctx.config.monitors ?? []).flatMap((monitor) => {
      const group = groups.find((g) => g.config.resources.some((r) => r.text === monitor.resource))
      if (group === undefined) return []
      const at = group.config.resources.findIndex((r) => r.text === monitor.resource)
      const same = old.find((w) => w.group === group && w.at === at && sameMonitor(w.monitor, monitor))
      return [same ?? { monitor, group, at, dueMs: null, failures: 0, job: null, last: null }]
    })
  }

  /** After every step of the core: who is watched now, and when is the next thing to do? */
  arrange(): void {
    if (this.watches.length === 0) return
    const { ctx, maintenance } = this.host
    let next = Number.POSITIVE_INFINITY
    for (const w of this.watches) {
      if (w.group.state !== 'held' || maintenance.covers(w.group)) this.rest(w)
      else w.dueMs ??= ctx.now.ms + w.monitor.everyMs
      next = Math.min(next, w.job?.untilMs ?? w.dueMs ?? next)
    }
    if (Number.isFinite(next)) ctx.timers.arm('monitors', next)
    else ctx.timers.disarm('monitors')
  }

  private rest(w: Watch): void {
    w.dueMs = null
    w.job = null
    w.failures = 0
  }

  /** For the timer 'monitors': never two probes of one monitor at a time. */
  due(): void {
    const { ctx } = this.host
    for (const w of this.watches) {
      if (w.job !== null && ctx.now.ms >= w.job.untilMs) this.answered(w, false, 'no answer')
      else if (w.job === null && w.dueMs !== null && ctx.now.ms >= w.dueMs) this.ask(w)
    }
  }

  private ask(w: Watch): void {
    const { ctx } = this.host
    const { monitor, group } = w
    w.job = { id: ++this.lastId, untilMs: ctx.now.ms + monitor.timeoutMs + ANSWER_GRACE_MS }
    w.dueMs = ctx.now.ms + monitor.everyMs
    const resource = group.config.resources[w.at]!
    ctx.emit({ kind: 'probe', id: w.job.id, group: group.key, resource, monitor })
  }

  /** The shell's answer to a probe. */
  result(id: number, ok: boolean, detail: string): void {
    const watch = this.watches.find((w) => w.job?.id === id)
    if (watch === undefined) this.host.ctx.count('late_results')
    else this.answered(watch, ok, detail)
  }

  private answered(w: Watch, ok: boolean, detail: string): void {
    const { ctx, failover } = this.host
    w.job = null
    w.last = { ok, detail, atMs: ctx.now.ms }
    if (ok) {
      w.failures = 0
      if (this.watches.every((o) => o.group !== w.group || o.failures === 0)) failover.well(w.group)
      return
    }
    w.failures++
    ctx.count('monitor_failures')
    const { monitor, group } = w
    const words = `${viaText(monitor)} of ${monitor.resource}: ${detail || 'failed'}`
    if (w.failures <= monitor.fail) ctx.log('WARN', `monitor ${words} (${w.failures} of ${monitor.fail})`)
    if (w.failures >= monitor.fail && !group.sick) this.act(w, words)
  }

  private act(w: Watch, words: string): void {
    const { host } = this
    const { group, monitor } = w
    const { ms } = host.ctx.now
    group.restarts = group.restarts.filter((at) => ms - at < monitor.withinMs)
    if (group.restarts.length >= monitor.restarts) return host.failover.sick(group, words)
    group.restarts.push(ms)
    host.ctx.count('monitor_restarts')
    const nth = monitor.restarts > 1 ? ` (${group.restarts.length} of ${monitor.restarts})` : ''
    host.orders.restart(`monitor ${words}: starting it anew${nth}`, [{ group, from: w.at }])
  }

  views(group: GroupRecord): MonitorView[] {
    return this.watches
      .filter((w) => w.group === group)
      .map((w) => ({
        resource: w.monitor.resource,
        via: viaText(w.monitor),
        state: w.dueMs === null ? 'resting' : w.failures > 0 ? 'failing' : w.last === null ? 'waiting' : 'well',
        failures: w.failures,
        fail: w.monitor.fail,
        lastMs: w.last?.atMs ?? null,
        detail: w.last?.detail ?? '',
      }))
  }
}

/** The words behind `via`. */
export function viaText({ probe }: Monitor): string {
  if (probe.kind === 'tcp') return `tcp ${probe.host}:${probe.port}`
  if (probe.kind === 'http') return `http ${probe.url}`
  return probe.kind === 'script' ? `script ${probe.path}` : 'status'
}

function sameMonitor(a: Monitor, b: Monitor): boolean {
  const core = ({ file: _f, line: _l, column: _c, ...rest }: Monitor) => JSON.stringify(rest)
  return core(a) === core(b)
}
