/** What /metrics shows. docs/status.md lists every name. */
import type { Snapshot } from '../io.ts'
import { bit, counters, type Family, gauge, gauges, oneHot } from './exposition.ts'
import { addressFamilies, groupFamilies } from './metrics-groups.ts'
import { linkFamilies, nodeFamilies } from './metrics-nodes.ts'
import type { StatusSource } from './source.ts'
import { secondsOf, type Times } from './times.ts'

const PHASES: readonly Snapshot['phase'][] = ['starting', 'joining', 'active', 'stopping', 'stopped']
const CLAIMS: readonly Snapshot['claim'][] = ['none', 'local', 'foreign', 'all']

/** Every family, in the order in which they are shown. */
export function metricFamilies(source: StatusSource, times: Times): Family[] {
  const snapshot = source.snapshot()
  return [
    ...daemonFamilies(source, snapshot, times),
    ...nodeFamilies(snapshot.nodes, times),
    ...linkFamilies(snapshot),
    ...groupFamilies(snapshot, times),
    ...addressFamilies(source.addresses()),
    ...counterFamilies(source, snapshot),
  ]
}

function daemonFamilies(source: StatusSource, snapshot: Snapshot, times: Times): Family[] {
  const { live, ready } = source.healthy()
  const late = source.lateness()
  const { phase, claim } = snapshot
  return [
    gauges('hb_build_info', 'Always 1; the label is the version.', [{ labels: { version: source.version }, value: 1 }]),
    gauge('hb_start_time_seconds', 'When the daemon started.', times.wallMs(snapshot.startedMs) / 1000),
    gauges('hb_phase', 'Phase of the daemon, 1 for the one it is in.', oneHot({}, 'phase', PHASES, phase)),
    gauge('hb_stable', '1 when resources are settled.', bit(snapshot.stable)),
    gauge('hb_live', '1 while the decision loop turns.', bit(live)),
    gauge('hb_ready', '1 when active, settled and well.', bit(live && ready && phase === 'active' && snapshot.stable)),
    gauges('hb_claim', 'What this node claims, 1 for the claim it has.', oneHot({}, 'claim', CLAIMS, claim)),
    gauge('hb_generation', 'Generation of this node.', snapshot.generation),
    gauge('hb_warnings', 'Warnings that stand now.', snapshot.warnings.length),
    gauge('hb_loop_lateness_seconds', 'How late the decision loop last woke.', secondsOf(late.lastMs)),
    gauge('hb_loop_lateness_max_seconds', 'How late the decision loop woke at worst.', secondsOf(late.maxMs)),
    gauge(
      'hb_last_failover_timestamp_seconds',
      'When this node last took a group that was not here; 0 for never.',
      lastTaken(snapshot, times),
    ),
  ]
}

/** The event ring forgets, and the groups know only what they hold now: the later of the two. */
function lastTaken(snapshot: Snapshot, times: Times): number {
  const recorded = snapshot.events.filter((e) => e.subject === 'group' && e.to === 'held').map((e) => e.wallS)
  if (recorded.length > 0) return Math.max(...recorded)
  const held = snapshot.groups.filter((g) => g.state === 'held').map((g) => Math.floor(times.wallMs(g.sinceMs) / 1000))
  return Math.max(0, ...held)
}

function counterFamilies(source: StatusSource, snapshot: Snapshot): Family[] {
  const refused = Object.entries(source.refusals()).map(([reason, value]) => ({ labels: { reason }, value }))
  const plain = Object.entries(snapshot.counters).map(([name, value]) =>
    counters(counterName(name), `${name}, counted since the daemon started.`, [{ labels: {}, value }]),
  )
  return [counters('hb_messages_refused_total', 'Datagrams refused, by reason.', refused), ...plain]
}

/** lateBeats, late-beats and late_beats all become hb_late_beats_total. */
export function counterName(name: string): string {
  const snake = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$|_total$/g, '')
  return `hb_${snake || 'unnamed'}_total`
}
