/** A new configuration for a running daemon: checked first, then the difference applied; a bad file changes nothing. */
import { problemText, readConfigDir } from '../config/read.ts'
import type { Config } from '../config/types.ts'

export type Reload =
  | { readonly config: Config; readonly notes: readonly string[] }
  /** Why not: the first line, and one more for each error. */
  | { readonly refused: readonly string[] }

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Settings that are read at the start only. */
const AT_START = [
  'logging',
  'realtime',
  'rtprio',
  'hbgenmethod',
  'uuidfrom',
  'msgfmt',
  'coredumps',
  'coreroot',
] as const
const ALSO_AT_START = ['watchdog', 'addresses', 'clients', 'fifo'] as const

/** The new configuration with what of it needs another start, or the refusal. */
export function readAgain(dir: string, node: string, now: Config): Reload {
  const { config, problems } = readConfigDir(dir, node)
  if (config === null) {
    const errors = problems.filter((p) => p.severity === 'error').map((p) => problemText(p))
    return { refused: ['nothing changed: the configuration has errors', ...errors] }
  }
  if (!same(config.cluster.nodes, now.cluster.nodes)) {
    return { refused: ['nothing changed: the list of nodes differs, which needs a restart of hb'] }
  }
  if ((config.cluster.autoFailback === 'legacy') !== (now.cluster.autoFailback === 'legacy')) {
    return { refused: ['nothing changed: auto_failback to or from legacy needs a restart of hb on both nodes'] }
  }
  const later = [...AT_START, ...ALSO_AT_START].filter((key) => !same(config[key], now[key]))
  return { config, notes: later.map((key) => `${key} changed: in force after hb upgrade or a restart`) }
}
