/** A new configuration for a running daemon: checked first, then the difference applied; a bad file changes nothing. */
import { problemText, readConfigDir } from '../config/read.ts'
import type { Config, Medium, PingNode } from '../config/types.ts'
import type { ControlReply } from '../control/protocol.ts'

export type Reload = { readonly config: Config; readonly notes: readonly string[] } | ControlReply

const list = (items: readonly (Medium | PingNode | string)[]) => JSON.stringify(items)

/** The new configuration with what of it needs a restart, or the refusal. */
export function readAgain(dir: string, node: string, now: Config): Reload {
  const { config, problems } = readConfigDir(dir, node)
  if (config === null) {
    const errors = problems.filter((p) => p.severity === 'error').map((p) => problemText(p))
    return { ok: false, text: `nothing changed: the configuration has errors\n${errors.join('\n')}` }
  }
  if (list(config.cluster.nodes) !== list(now.cluster.nodes)) {
    return { ok: false, text: 'nothing changed: the list of nodes differs, which needs a restart of hb' }
  }
  const notes: string[] = []
  if (list(config.media) !== list(now.media)) notes.push('media changed: in force after a restart of hb')
  if (list(config.cluster.pingNodes) !== list(now.cluster.pingNodes)) {
    notes.push('ping nodes changed: in force after a restart of hb')
  }
  const { links, pingNodes } = now.cluster
  return { config: { ...config, media: now.media, cluster: { ...config.cluster, links, pingNodes } }, notes }
}
