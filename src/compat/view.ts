/** What the answers to clients are made of. */
import type { Config } from '../config/types.ts'
import type { NodeView, Snapshot } from '../io.ts'

export interface View {
  readonly snapshot: Snapshot
  readonly config: Config
  /** As shown to clients: heartbeat's version, and whose it really is. */
  readonly version: string
}

/** A node by name, whatever its case, as heartbeat finds it. */
export function findNode(view: View, name: string | undefined): NodeView | undefined {
  const lower = name?.toLowerCase()
  return view.snapshot.nodes.find((n) => n.name === name || n.name.toLowerCase() === lower)
}

/** Nodes and ping nodes as ha.cf brings them. */
export function inOrder({ snapshot, config }: View): NodeView[] {
  const place = (node: NodeView) => config.nodeOrder?.indexOf(node.name) ?? 0
  return snapshot.nodes.toSorted((a, b) => place(a) - place(b))
}

/** heartbeat's values of directives that hb accepts and that change nothing here. */
const UNUSED: ReadonlyMap<string, string> = new Map([
  ['compression', 'zlib'],
  ['compression_threshold', '2'],
  ['traditional_compression', 'no'],
  ['crm', 'false'],
  ['pacemaker', 'false'],
])

/** Values that heartbeat does not show unless they were given; scripts get them from hb all the same. */
const UNSAID: ReadonlyMap<string, string> = new Map([
  ['use_logd', 'no'],
  ['coreroot', '/var/lib/heartbeat/cores'],
])

/** A recorded directive's value, as heartbeat shows it. */
export function parameter({ config, version }: View, name: string): string | undefined {
  if (name === 'hbversion') return version
  const value = config.parameters.get(name) ?? UNUSED.get(name)
  return value === UNSAID.get(name) ? undefined : value
}

/** What cl_status rscstatus says: the claim, or that it is about to change. */
export function claimOf({ snapshot }: View): string {
  return snapshot.stable ? snapshot.claim : 'transition'
}

const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp - - - - local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  )

/** The facility's number in syslog(3), -1 for none. */
export function facilityNumber(name: string | null): number {
  const at = name === null ? -1 : FACILITIES.indexOf(name === 'security' ? 'auth' : name)
  return at < 0 ? -1 : at * 8
}
