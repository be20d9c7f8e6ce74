/** A new configuration for a running daemon: checked first, then the difference applied; a bad file changes nothing. */
import type { Directive } from '../config/directive.ts'
import { problemText, readConfigDir } from '../config/read.ts'
import { haTable, hbTable } from '../config/table.ts'
import type { Config } from '../config/types.ts'
import type { ControlReply } from '../control/protocol.ts'
import type { Level } from '../io.ts'
import { perils } from './perils.ts'

export type Reload =
  /** notes: directives that differ and have to wait, and what the other nodes need; warnings: what hb does in a directive's place, and other doubts. */
  | { readonly config: Config; readonly notes: readonly string[]; readonly warnings: readonly string[] }
  /** Why not: the first line, and one more for each error. */
  | { readonly refused: readonly string[] }

/** Why the list of nodes cannot become this one now, or null. */
type NodesHindrance = (nodes: readonly string[]) => string | null

/** Reads the files again: the new configuration with what of it has to wait, or the refusal. */
export function readAgain(dir: string, node: string, now: Config, nodesHindrance: NodesHindrance): Reload {
  const { config, problems } = readConfigDir(dir, node)
  if (config === null) {
    const errors = problems.filter((p) => p.severity === 'error').map((p) => problemText(p))
    return { refused: ['nothing changed: the configuration has errors', ...errors] }
  }
  const why = hindrance(config, now) ?? nodesHindrance(config.cluster.nodes)
  if (why !== null) return { refused: [`nothing changed: ${why}`] }
  return {
    config,
    notes: [...waiting(config, now), ...perils(config, now)],
    warnings: problems.map((p) => problemText(p)),
  }
}

/** What would be wrong to change while this node and the others run. */
function hindrance({ cluster }: Config, { cluster: before }: Config): string | null {
  if ((cluster.autoFailback === 'legacy') !== (before.autoFailback === 'legacy')) {
    const words = `auto_failback ${before.autoFailback} cannot become ${cluster.autoFailback} while hb runs`
    return `${words}: the nodes would not understand each other; stop hb on all nodes, then start it`
  }
  return null
}

/** Directives that differ and cannot be in force at once, each with what is to be done. */
function waiting(next: Config, now: Config): string[] {
  const rows = new Set<Directive>([...haTable.values(), ...hbTable.values()])
  return [...rows].flatMap(({ name, reload }) => {
    if (reload?.of === undefined || reload.of(next) === reload.of(now)) return []
    return [`${name} changed: ${reload.how}`]
  })
}

export interface ReloaderOptions {
  readonly dir: string
  readonly node: string
  readonly now: () => Config
  readonly nodesHindrance: NodesHindrance
  /** Log files are opened anew whatever the files of the configuration are like: they may have been rotated. */
  readonly reopenLogs: () => void
  /** Puts a right configuration in force; what else there is to tell about it. */
  readonly apply: (next: Config) => readonly string[]
  readonly log: (level: Level, text: string) => void
}

export class Reloader {
  /** What was wrong with the last reload; null when it was right. */
  refused: string | null = null

  constructor(private readonly options: ReloaderOptions) {}

  run(): ControlReply {
    const { dir, node, now, nodesHindrance, apply, reopenLogs, log } = this.options
    reopenLogs()
    const before = now()
    const next = readAgain(dir, node, before, nodesHindrance)
    if ('refused' in next) return this.refuse(next.refused)
    this.refused = null
    const more = apply(next.config)
    const text = ['the configuration is in force', ...next.notes, ...more].join('; ')
    for (const line of next.warnings) log('WARN', `reload: ${line}`)
    log('info', `reload: ${text}`)
    return { ok: true, text: [text, ...next.warnings].join('\n') }
  }

  private refuse(lines: readonly string[]): ControlReply {
    for (const line of lines) this.options.log('ERROR', `reload: ${line}`)
    const [first, ...errors] = lines
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
    this.refused = `the last reload was refused, the earlier configuration is in force: ${errors[0] ?? first}${more}`
    return { ok: false, text: lines.join('\n') }
  }
}
