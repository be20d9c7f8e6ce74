/** A right configuration on its way to every part of the daemon. */
import type { Config } from '../config/types.ts'
import type { InForce } from './in-force.ts'
import type { DaemonLog } from './log.ts'
import type { Parts } from './parts.ts'

/** Whether two plain values are written the same. */
export const sameText = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Every part takes in what concerns it and touches nothing that stays; gives what else there is to tell. */
export function applyConfig(parts: Parts, inForce: InForce, daemonLog: DaemonLog, next: Config): string[] {
  const { host, carriers, endpoint, loop, compat, agents } = parts
  const before = inForce.config
  inForce.config = next
  daemonLog.use(next.logging)
  host.use(next)
  carriers.change(next)
  loop.feed({ kind: 'config', config: next.cluster })
  endpoint.use(next.http)
  const programs = compat.reconfigured()
  const { lease } = next.addresses
  if (!sameText({ ...before.addresses, lease }, next.addresses)) {
    agents.announceHeld('the settings of announcements have changed')
  }
  if (programs.length === 0 || sameText([...before.env], [...next.env])) return []
  return [`env changed: ${programs.join(', ')} keep what they were started with, until they are started again`]
}
