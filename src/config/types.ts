/**
 * The configuration as everything behind the parser sees it: complete, typed, in milliseconds, defaults filled in.
 * Which directive leads to which member stands in the directive table (table.ts).
 */

/** A place in a configuration file; line and column count from 1, column 0 means the whole line or file. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

export type Severity = 'error' | 'warning'

/** A problem found while reading, as data; problemText() turns it into a line for people. */
export interface Problem extends Place {
  readonly severity: Severity
  /** The offending word as written, or '' where something is missing. */
  readonly word: string
  /** What is wrong: a short sentence. */
  readonly message: string
  /** What was expected, or what to do. */
  readonly remedy: string
}

export type Medium =
  | { readonly kind: 'bcast'; readonly device: string; readonly port: number }
  | { readonly kind: 'ucast' | 'ucast6'; readonly device: string; readonly peer: string; readonly port: number }
  | {
      readonly kind: 'mcast' | 'mcast6'
      readonly device: string
      readonly group: string
      readonly port: number
      readonly ttl: number
      readonly loop: boolean
    }
  | { readonly kind: 'serial'; readonly device: string; readonly baud: number }

/** A pseudo node: one host (ping, ping6) or several of which one must answer (ping_group). */
export interface PingNode {
  readonly name: string
  readonly kind: 'ping' | 'ping6' | 'ping_group'
  readonly hosts: readonly string[]
}

export type AutoFailback = 'on' | 'off' | 'legacy'
export type AuthMethod = 'crc' | 'md5' | 'sha1'

export interface AuthKey {
  readonly method: AuthMethod
  readonly key: Uint8Array
}

export interface KeyRing {
  readonly signWith: number
  readonly keys: ReadonlyMap<number, AuthKey>
}

/** One word of haresources: a script with its arguments. A bare address is script 'IPaddr'. */
export interface Resource extends Place {
  /** The word as written; it names the resource on every surface. */
  readonly text: string
  readonly script: string
  readonly args: readonly string[]
}

/** One logical line of haresources. The key is the text of the first resource and is unique. */
export interface Group extends Place {
  readonly key: string
  readonly owner: string
  readonly resources: readonly Resource[]
}

export interface Logging {
  /** Lower-case syslog facility, or null for none. */
  readonly facility: string | null
  readonly logfile: string | null
  readonly debugfile: string | null
  readonly useLogd: boolean
  readonly syslogmsgfmt: boolean
  readonly logBadpack: boolean
  readonly debug: number
}

/** A program that runs beside the cluster: respawn, failfast. */
export interface Client extends Place {
  readonly user: string
  readonly command: string
  readonly failfast: boolean
}

export interface ApiAuth {
  readonly client: string
  readonly uids: readonly string[]
  readonly gids: readonly string[]
}

export type Probe =
  | { readonly kind: 'status' }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'http'; readonly url: string; readonly expect: number }
  | { readonly kind: 'script'; readonly path: string }

/** How a resource is asked whether it works, and what is done when it does not. */
export interface Monitor extends Place {
  /** The resource as written in haresources. */
  readonly resource: string
  readonly everyMs: number
  readonly timeoutMs: number
  /** Failures in a row that count as one failure of the resource. */
  readonly fail: number
  /** Starts anew in place within that time, before the group goes to the other node. */
  readonly restarts: number
  readonly withinMs: number
  readonly probe: Probe
}

/** What the pure core needs to know. */
export interface ClusterConfig {
  /** Normal nodes in the order of ha.cf, lower case. */
  readonly nodes: readonly string[]
  readonly pingNodes: readonly PingNode[]
  readonly keepaliveMs: number
  readonly deadtimeMs: number
  readonly warntimeMs: number
  readonly initdeadMs: number
  readonly deadpingMs: number
  readonly maxRexmitDelayMs: number
  readonly hopfudge: number
  readonly autoFailback: AutoFailback
  readonly groups: readonly Group[]
  /** Names of links (media without ping), duplicates removed, in order. */
  readonly links: readonly string[]
  /** First 8 hex digits of the SHA-256 of the groups in canonical form; two hb nodes compare it. */
  readonly haresourcesSum: string
  readonly startTimeoutMs: number
  readonly stopTimeoutMs: number
  readonly statusTimeoutMs: number
  readonly stopFailure: 'block' | 'fence' | 'reboot'
  readonly fencing: boolean
  /** What becomes of groups that a heartbeat claims and does not serve. */
  readonly unserved: 'take' | 'tell' | 'off'
  readonly monitors?: readonly Monitor[]
}

export interface HttpConfig {
  readonly host: string
  readonly port: number
}

export interface AddressConfig {
  /** The kernel lease on addresses: on by default. */
  readonly lease: boolean
  /** Announcements: pairs of request and reply, and the time from one pair to the next; null is heartbeat's own. */
  readonly arpCount: number | null
  readonly arpIntervalMs: number | null
  /** Repeat the announcement while held, every so often; 0 never. */
  readonly arpRefreshMs: number
}

export interface Config {
  /** The directory that was read. */
  readonly dir: string
  readonly cluster: ClusterConfig
  readonly clusterName: string
  readonly media: readonly Medium[]
  readonly keys: KeyRing
  readonly logging: Logging
  readonly clients: readonly Client[]
  readonly apiauth: readonly ApiAuth[]
  readonly watchdog: string | null
  /** params are what stonith(8) takes behind `-t type`: -F file, or -p and one word. */
  readonly stonith: { readonly from: string; readonly type: string; readonly params: readonly string[] } | null
  readonly realtime: boolean
  readonly rtprio: number | null
  readonly hbgenmethod: 'file' | 'time'
  readonly uuidfrom: 'file' | 'nodename'
  readonly msgfmt: 'classic' | 'netstring'
  readonly coredumps: boolean
  readonly coreroot: string
  /** HA_<name> from env directives. */
  readonly env: ReadonlyMap<string, string>
  /** Recorded directives and their effective text values: cl_status hbparameter, and HA_<name> for scripts. */
  readonly parameters: ReadonlyMap<string, string>
  /** null: switched off. */
  readonly http: HttpConfig | null
  readonly addresses: AddressConfig
  /** Names of nodes and ping nodes in the order in which ha.cf brings them, for heartbeat's clients. */
  readonly nodeOrder?: readonly string[]
  /** Serve heartbeat's message FIFO: auto is where its directory exists. */
  readonly fifo?: 'on' | 'off' | 'auto'
}
