/** What the directives have said so far. Members without a question mark get their value from a default in the table. */
import type { ApiAuth, AutoFailback, Client, Config, Medium, Monitor, PingNode, Place } from './types.ts'

export interface Settings {
  keepaliveMs: number
  deadtimeMs: number
  warntimeMs?: number
  initdeadMs?: number
  deadpingMs?: number
  maxRexmitDelayMs: number
  hopfudge: number
  hbgenmethod: Config['hbgenmethod']
  udpport: number
  baud: number
  clusterName: string
  uuidfrom: Config['uuidfrom']
  msgfmt: Config['msgfmt']
  autoFailback: AutoFailback
  watchdog?: string
  stonith?: NonNullable<Config['stonith']>
  facility?: string
  logfile?: string
  debugfile?: string
  useLogd?: boolean
  syslogmsgfmt: boolean
  logBadpack: boolean
  debug: number
  realtime: boolean
  rtprio?: number
  coredumps: boolean
  coreroot: string
  /** hb.cf */
  status: readonly [host: string, port: number] | null
  fifo: Config['fifo']
  lease: boolean
  arpCount?: number
  arpIntervalMs?: number
  arpRefreshMs: number
  startTimeoutMs: number
  stopTimeoutMs: number
  statusTimeoutMs: number
  stopFailure: Config['cluster']['stopFailure']
  unserved: Config['cluster']['unserved']
}

export interface NamedPlace extends Place {
  readonly name: string
}

export interface Draft {
  readonly nodename: string
  /** UDP port to service name, from /etc/services. */
  readonly services: ReadonlyMap<number, string>
  readonly settings: Partial<Settings>
  readonly nodes: NamedPlace[]
  readonly pingNodes: PingNode[]
  readonly media: Medium[]
  /** The port that each kind of medium took when it was first met. */
  readonly ports: Map<Medium['kind'], number>
  readonly clients: Client[]
  readonly monitors: Monitor[]
  readonly apiauth: (ApiAuth & Place)[]
  readonly env: Map<string, string>
  /** Values as written, of recorded directives. */
  readonly texts: Map<string, string>
  /** Where a directive was last given a value. */
  readonly given: Map<string, NamedPlace>
  /** Directives that had a wrong value: what would follow from it is not worth a second problem. */
  readonly broken: Set<string>
}

export function emptyDraft(nodename: string, services: ReadonlyMap<number, string> = new Map()): Draft {
  return {
    nodename,
    services,
    settings: {},
    nodes: [],
    pingNodes: [],
    media: [],
    ports: new Map(),
    clients: [],
    monitors: [],
    apiauth: [],
    env: new Map(),
    texts: new Map(),
    given: new Map(),
    broken: new Set(),
  }
}
