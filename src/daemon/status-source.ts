/** What the status is made of: the core's view, the kernel's addresses, and how the daemon itself is. */
import type { Engine } from '../engine.ts'
import type { StatusSource } from '../http/source.ts'
import type { Snapshot } from '../io.ts'
import { reading } from './clock.ts'
import { addressFacts } from './facts.ts'
import type { InForce } from './in-force.ts'
import type { Loop } from './loop.ts'
import type { Mailbox } from './mailbox.ts'
import { unserved } from './readiness.ts'
import type { World } from './world.ts'

/** The loop turns at each keepalive; this much later something is wrong. */
const LIVE_MARGIN_MS = 3000

export interface StatusParts {
  readonly inForce: InForce
  readonly engine: Engine
  readonly loop: Loop
  readonly mailbox: Mailbox
  readonly world: World
  readonly version: string
  /** What only the shell knows to warn of, null for nothing. */
  readonly warning: () => string | null
}

export function statusSource(parts: StatusParts): StatusSource {
  const { inForce, engine, mailbox, world, version } = parts
  const groups = () => inForce.config.cluster.groups
  return {
    snapshot: () => withWarning(engine.snapshot(), parts.warning()),
    clock: reading,
    addresses: () =>
      addressFacts({
        resources: () => groups().flatMap((g) => g.resources.map((r) => ({ group: g.key, resource: r }))),
        snapshot: () => engine.snapshot(),
        announced: (resource) => world.announced.has(resource),
      }),
    version,
    refusals: () => mailbox.refusals,
    healthy: () => health(parts),
    lateness: () => engine.lateness,
  }
}

function withWarning(snapshot: Snapshot, warning: string | null): Snapshot {
  return warning === null ? snapshot : { ...snapshot, warnings: [...snapshot.warnings, warning] }
}

function health({ inForce, engine, loop }: StatusParts): { live: boolean; ready: boolean; why: string } {
  const silentMs = performance.now() - loop.turnedMs
  const live = silentMs < inForce.config.cluster.keepaliveMs + LIVE_MARGIN_MS
  const { phase, stable, warnings, groups } = engine.snapshot()
  if (!live)
    return { live, ready: false, why: `the decision loop has not turned for ${(silentMs / 1000).toFixed(1)} s` }
  if (phase !== 'active') return { live, ready: false, why: `this node is ${phase}` }
  if (!stable) return { live, ready: false, why: warnings[0] ?? 'groups are being moved' }
  const why = unserved(groups)
  return { live, ready: why === null, why: why ?? '' }
}
