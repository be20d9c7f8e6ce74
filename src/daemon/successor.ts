/** What the daemon is to the program that takes its place: the exchange, told where the parts are. */
import { handOverStreams } from '../agents/streams.ts'
import { obstacle } from '../handover.ts'
import { nodesHindrance } from '../resources/reconfigure.ts'
import { Exchange } from './exchange.ts'
import type { ShellState } from './handover-file.ts'
import type { InForce } from './in-force.ts'
import type { DaemonOptions } from './options.ts'
import type { Parts } from './parts.ts'
import { readAgain } from './reload.ts'

/** cameFrom: the directory in which the command line of this process was written. */
export function createExchange(parts: Parts, inForce: InForce, options: DaemonOptions, cameFrom: string): Exchange {
  const { engine, compat, world, now, log } = parts
  const { configDir, stateDir, node } = options
  return new Exchange({
    ...{ configDir, stateDir, node, cameFrom, log, env: inForce.env },
    nowMs: () => now().ms,
    obstacle: () => obstacle(engine),
    passing: () => compat.busy(),
    unfitFiles: () => {
      const next = readAgain(configDir, node, inForce.config, (nodes) => nodesHindrance(engine.resources, nodes))
      return 'refused' in next ? next.refused.join('\n') : null
    },
    holdProbes: (on) => world.holdProbes(on),
    heldForMs: () => world.heldForMs,
    shell: () => shellState(parts, inForce),
    core: () => engine.handOver(now()),
    perform: (effect) => world.perform(effect),
  })
}

function shellState({ compat, host, engine }: Parts, inForce: InForce): ShellState {
  return {
    cluster: inForce.config.cluster,
    uuid: [...engine.ctx.self.uuid],
    compat: compat.handOver(),
    watchdog: host.watchdog.handOver(),
    streams: handOverStreams(),
  }
}
