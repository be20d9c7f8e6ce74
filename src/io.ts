/**
 * The language spoken at the core's door: what goes in (Input), what comes out (Effect), and what can be looked at
 * (Snapshot). Nothing here does anything.
 */
import type { ClusterConfig, Monitor, Resource } from './config/types.ts'
import type { Message } from './wire/message.ts'

/** The time of an input. Decisions use ms only; wallS goes into messages; load is the first line of /proc/loadavg. */
export interface Now {
  /** Monotonic milliseconds. */
  readonly ms: number
  /** Seconds since 1970. */
  readonly wallS: number
  readonly load: string
}

export type Claim = 'none' | 'local' | 'foreign' | 'all'
export type StandbySet = 'all' | 'local' | 'foreign'

export type Command =
  | { readonly verb: 'standby'; readonly set: StandbySet }
  | { readonly verb: 'takeover'; readonly set: StandbySet }
  | { readonly verb: 'stop' }
  /** Forgets what went wrong with a group (null: with any), on every node. */
  | { readonly verb: 'clear'; readonly group: string | null }
  /** group null: every group. */
  | { readonly verb: 'maintenance'; readonly on: boolean; readonly group: string | null }

export type Operation = 'start' | 'stop' | 'status'

/**
 * What became of a resource operation. 'running' and 'stopped' answer status; 'ok' answers start and stop; 'missing' is
 * the failure of a resource whose script is not there, so that nothing of it was run.
 */
export type Outcome = 'ok' | 'running' | 'stopped' | 'failed' | 'timeout' | 'missing'

export type Input =
  | { readonly kind: 'start' }
  | { readonly kind: 'tick' }
  /** An authenticated message; link is the name of the medium it came over, source its sender's address. */
  | { readonly kind: 'message'; readonly message: Message; readonly link: string; readonly source: string }
  | {
      readonly kind: 'result'
      readonly id: number
      readonly outcome: Outcome
      /** Exit code where there was one. */
      readonly code: number | null
      /** The last words of the script or the error, one line. */
      readonly detail: string
    }
  /** The answer to a probe effect of that id. */
  | { readonly kind: 'probed'; readonly id: number; readonly ok: boolean; readonly detail: string }
  /**
   * The answer to a look effect of that id: somebody answers for the address; nobody does, though the other node's own
   * address on the same network does; or that cannot be told.
   */
  | { readonly kind: 'looked'; readonly id: number; readonly found: 'served' | 'silent' | 'unknown' }
  /** The answer to a fence effect of that id: the node has surely been reset, or why not. */
  | { readonly kind: 'fenced'; readonly id: number; readonly ok: boolean; readonly detail: string }
  | { readonly kind: 'command'; readonly id: number; readonly command: Command }
  /** The state of a local interface or medium: an interface that is missing is a link that is down. */
  | { readonly kind: 'link'; readonly link: string; readonly up: boolean; readonly detail: string }
  /** Somebody else was heard to claim an address that is held here. */
  | { readonly kind: 'conflict'; readonly address: string; readonly mac: string }
  /** An address was not as wanted and has been put right (put back, or a stray taken away). */
  | { readonly kind: 'repaired'; readonly resource: string; readonly what: 'put-back' | 'removed' }
  /** Of a program of this host to the cluster: the fields that it put in; the common ones are added. */
  | { readonly kind: 'client-message'; readonly message: Message }
  | { readonly kind: 'config'; readonly config: ClusterConfig }

/** Which groups are in maintenance; of two states the one with the higher stamp counts. */
export interface MaintenanceState {
  readonly stamp: number
  readonly all: boolean
  /** Keys of groups. */
  readonly groups: readonly string[]
}

/** One operation on one resource, to be carried out by an agent and answered with a result of the same id. */
export interface ResourceJob {
  readonly id: number
  readonly op: Operation
  readonly group: string
  readonly resource: Resource
  readonly timeoutMs: number
  /** A monitor asks: its answer is the exit code, not the text. */
  readonly monitor?: boolean
}

export type Level = 'CRIT' | 'ERROR' | 'WARN' | 'notice' | 'info' | 'debug'

/** A transition, as the log and the event ring show it. */
export interface Event {
  readonly atMs: number
  readonly wallS: number
  /** node, link, group, standby, generation, conflict, stall, ... */
  readonly subject: string
  /** Which node, link or group. */
  readonly name: string
  readonly from: string
  readonly to: string
  /** The input that caused it, in words. */
  readonly cause: string
}

export type Effect =
  /** To every link. again: a retransmission of a stored message. */
  | { readonly kind: 'send'; readonly message: Message; readonly again: boolean }
  /** Must be on disk before any later effect of the same list is carried out. */
  | { readonly kind: 'generation'; readonly value: number }
  | { readonly kind: 'resource'; readonly job: ResourceJob }
  /**
   * With each beat: the addresses that must be here now, and those of haresources that must not, to be compared with
   * what is there. It renews the kernel leases; leaseMs is how long an address may outlive the decision loop.
   */
  | {
      readonly kind: 'wanted'
      readonly present: readonly Resource[]
      readonly absent: readonly Resource[]
      /** Addresses in maintenance: what is here of them stays without a lifetime, what is not is not put back. */
      readonly kept?: readonly Resource[]
      readonly leaseMs: number
    }
  /** At once, ahead of any queue: take these addresses off the interfaces (their holder's right to them is gone). */
  | { readonly kind: 'drop'; readonly resources: readonly Resource[]; readonly cause: string }
  /** Announce addresses that are held already once more. */
  | { readonly kind: 'announce'; readonly resources: readonly Resource[]; readonly cause: string }
  /**
   * Before these addresses are dropped in favour of a host that does not announce them any more: tell the network that
   * this hardware address has them.
   */
  | { readonly kind: 'redirect'; readonly resources: readonly Resource[]; readonly mac: string; readonly cause: string }
  /** Ask a service whether it works; answered by a probed input of the same id. */
  | {
      readonly kind: 'probe'
      readonly id: number
      readonly group: string
      readonly resource: Resource
      readonly monitor: Monitor
    }
  /**
   * Does anybody answer for this address, which another node claims? beside: where that node was heard, by link. Answered
   * by a looked input of the same id.
   */
  | {
      readonly kind: 'look'
      readonly id: number
      readonly resource: Resource
      readonly beside: readonly (readonly [link: string, address: string])[]
    }
  /** Must be on disk before any later effect of the same list is carried out. */
  | { readonly kind: 'maintenance'; readonly state: MaintenanceState }
  /** Reset that node by the stonith device of ha.cf; answered by a fenced input of the same id. */
  | { readonly kind: 'fence'; readonly id: number; readonly node: string }
  /** Reset this host at once: it cannot stop a service that must not run twice. */
  | { readonly kind: 'reboot'; readonly cause: string }
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'log'; readonly level: Level; readonly text: string }
  /** The end of a command: ok, or why not. */
  | { readonly kind: 'reply'; readonly id: number; readonly ok: boolean; readonly text: string }
  /** For the programs of this host: what was said to this node or by it, and nodes and links that changed. */
  | { readonly kind: 'deliver'; readonly message: Message }
  /** Run the site's rc.d script of that name with the message's text fields as HA_<name>. */
  | { readonly kind: 'notify'; readonly script: string; readonly message: Message }
  /** The daemon's work is done. */
  | { readonly kind: 'exit'; readonly code: number; readonly cause: string }

export type NodeState = 'init' | 'up' | 'active' | 'dead' | 'ping'

export interface LinkView {
  readonly name: string
  readonly state: 'up' | 'dead'
  readonly lastHeardMs: number | null
}

export interface NodeView {
  readonly name: string
  readonly kind: 'normal' | 'ping'
  readonly local: boolean
  readonly state: NodeState
  /** Runs hb rather than heartbeat, as far as it has said. */
  readonly hb: boolean
  readonly uuid: string
  readonly generation: number
  readonly deadtimeMs: number
  readonly lastHeardMs: number | null
  readonly lateBeats: number
  readonly lostMessages: number
  readonly sinceMs: number
  readonly claim: Claim | null
  readonly links: readonly LinkView[]
}

export type GroupState = 'stopped' | 'starting' | 'held' | 'stopping' | 'failed' | 'stop-failed'

export interface ResourceView {
  readonly text: string
  readonly state: 'unknown' | 'running' | 'stopped' | 'failed'
  readonly last: {
    readonly op: Operation
    readonly outcome: Outcome
    readonly code: number | null
    readonly detail: string
    readonly atMs: number
    readonly tookMs: number
  } | null
}

export interface MonitorView {
  readonly resource: string
  /** tcp HOST:PORT, http URL, script PATH or status. */
  readonly via: string
  readonly state: 'resting' | 'waiting' | 'well' | 'failing'
  /** In a row, and how many of them count. */
  readonly failures: number
  readonly fail: number
  readonly lastMs: number | null
  readonly detail: string
}

export interface GroupView {
  readonly key: string
  readonly owner: string
  /** This node means to hold it. */
  readonly wanted: boolean
  readonly state: GroupState
  /** The node believed to hold it, or null for nobody known. */
  readonly holder: string | null
  readonly sinceMs: number
  readonly cause: string
  /** What went wrong with it here and what is done about it, a sentence; null when nothing did. */
  readonly trouble?: string | null
  readonly maintenance?: boolean
  readonly monitors?: readonly MonitorView[]
  readonly resources: readonly ResourceView[]
}

export interface Snapshot {
  readonly node: string
  readonly uuid: string
  readonly generation: number
  readonly phase: 'starting' | 'joining' | 'active' | 'stopping' | 'stopped'
  readonly stable: boolean
  readonly claim: Claim
  readonly otherClaim: Claim
  readonly standby: 'no' | 'giving' | 'taking'
  readonly autoFailback: 'on' | 'off' | 'legacy'
  readonly startedMs: number
  readonly nodes: readonly NodeView[]
  readonly localLinks: readonly { readonly name: string; readonly up: boolean; readonly detail: string }[]
  readonly groups: readonly GroupView[]
  /** Plain counters by name, monotonic since the daemon's start. */
  readonly counters: Readonly<Record<string, number>>
  /** The newest last; bounded. */
  readonly events: readonly Event[]
  readonly warnings: readonly string[]
}
