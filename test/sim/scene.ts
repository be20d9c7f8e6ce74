/** Everything a run depends on, as data: the cluster, its surroundings, and the faults with their times. */
import type { AutoFailback, ClusterConfig, Group, Monitor, Resource } from '../../src/config/types.ts'
import type { Command } from '../../src/io.ts'

export type PauseKind =
  /** SIGSTOP: clocks and the kernel go on, datagrams queue up. */
  | 'process'
  /** A virtual machine stands still and does not know it. */
  | 'machine'
  /** A virtual machine stands still, and its clocks jump when it goes on. */
  | 'suspend'

export type ScriptTrouble = 'start-fails' | 'start-hangs' | 'stop-fails' | 'stop-hangs' | 'slow'

export type Fault =
  | { readonly kind: 'cut'; readonly from: string; readonly to: string; readonly links: readonly string[] }
  | { readonly kind: 'unplug'; readonly node: string; readonly link: string }
  | { readonly kind: 'weather'; readonly loss: number; readonly twice: number; readonly jitterMs: number }
  | { readonly kind: 'flip'; readonly percent: number }
  | { readonly kind: 'crash'; readonly node: string; readonly what: 'daemon' | 'machine'; readonly forget: boolean }
  | { readonly kind: 'pause'; readonly node: string; readonly how: PauseKind }
  | { readonly kind: 'command'; readonly node: string; readonly command: Command }
  | { readonly kind: 'clock'; readonly node: string; readonly byS: number }
  | { readonly kind: 'meddle'; readonly node: string; readonly group: number; readonly add: boolean }
  | { readonly kind: 'script'; readonly node: string; readonly group: number; readonly trouble: ScriptTrouble }
  /** The services of a group run there and do not work. */
  | { readonly kind: 'sick'; readonly node: string; readonly group: number }
  /** hb maintenance on, there; null is every group. */
  | { readonly kind: 'maintenance'; readonly node: string; readonly group: number | null }
  | { readonly kind: 'replay'; readonly count: number }
  | { readonly kind: 'silent-ping' }
  /** hb reload on every hb node, one after the other: without the last group, with quicker beats, or as it was. */
  | { readonly kind: 'reload'; readonly change: Change }
  /** In the name of one node, another is asked to say its first messages again. */
  | { readonly kind: 'ask'; readonly node: string; readonly of: string }
  /** No file can be written there. */
  | { readonly kind: 'full-disk'; readonly node: string }

export type Change = 'group' | 'keepalive' | 'nothing'

/** Every fault heals itself after forMs, so that any of them can be left out. */
export interface TimedFault {
  readonly atMs: number
  readonly forMs: number
  readonly fault: Fault
}

export interface Scene {
  readonly seed: number
  readonly nodes: readonly string[]
  /** Nodes that run heartbeat 3.0.6 rather than hb. */
  readonly old: readonly string[]
  /** The first is the network that the clients are in. */
  readonly links: readonly string[]
  readonly keepaliveMs: number
  readonly deadtimeMs: number
  readonly initdeadMs: number
  readonly autoFailback: AutoFailback
  readonly groups: readonly Group[]
  readonly ping: boolean
  /** Through the wire's codec, so that bits can be flipped. */
  readonly encoded: boolean
  readonly startAtMs: Readonly<Record<string, number>>
  readonly faultsUntilMs: number
  readonly faults: readonly TimedFault[]
  readonly monitors?: readonly Monitor[]
  /** Each node can reset the other: it takes time, and fails now and then. */
  readonly fencing?: boolean
  /** Where a node's ha.cf has another deadtime. */
  readonly deadtimes?: Readonly<Record<string, number>>
}

export const START_TIMEOUT_MS = 4000
export const STOP_TIMEOUT_MS = 3000
export const STATUS_TIMEOUT_MS = 2000

export function resource(word: string, line: number): Resource {
  const agent = /^[0-9.]+$/.test(word) ? 'IPaddr' : /^[0-9a-f]*:[0-9a-f:]+$/.test(word) ? 'IPv6addr' : null
  const [script = '', ...args] = agent === null ? word.split('::') : [agent, word]
  return { text: word, script, args, file: 'haresources', line, column: 1 }
}

export function group(owner: string, words: readonly string[], line: number): Group {
  const resources = words.map((w) => resource(w, line))
  return { key: words[0]!, owner, resources, file: 'haresources', line, column: 1 }
}

export function clusterConfig(scene: Scene, node = ''): ClusterConfig {
  const deadtimeMs = scene.deadtimes?.[node] ?? scene.deadtimeMs
  return {
    nodes: scene.nodes,
    pingNodes: scene.ping ? [{ name: '10.0.0.254', kind: 'ping', hosts: ['10.0.0.254'] }] : [],
    keepaliveMs: scene.keepaliveMs,
    deadtimeMs,
    warntimeMs: deadtimeMs / 2,
    initdeadMs: scene.initdeadMs,
    deadpingMs: deadtimeMs,
    maxRexmitDelayMs: 250,
    hopfudge: 1,
    autoFailback: scene.autoFailback,
    groups: scene.groups,
    links: scene.links,
    haresourcesSum: '0123abcd',
    startTimeoutMs: START_TIMEOUT_MS,
    stopTimeoutMs: STOP_TIMEOUT_MS,
    statusTimeoutMs: STATUS_TIMEOUT_MS,
    stopFailure: scene.fencing ? 'fence' : 'block',
    unserved: 'take',
    fencing: scene.fencing ?? false,
    monitors: scene.monitors ?? [],
  }
}

/** What the files say while a reload is in force. */
export function changedConfig(scene: Scene, change: Change, node: string): ClusterConfig {
  const config = clusterConfig(scene, node)
  if (change === 'keepalive') return { ...config, keepaliveMs: Math.ceil(config.keepaliveMs / 2) }
  return change === 'group' ? { ...config, groups: config.groups.slice(0, -1), haresourcesSum: 'beef4567' } : config
}

/** A fault in words, for traces. */
export function faultWords({ fault, forMs }: TimedFault): string {
  const { kind, ...rest } = fault
  const words = Object.entries(rest).map(([k, v]) => `${k}=${typeof v === 'object' ? JSON.stringify(v) : v}`)
  return `${kind} ${words.join(' ')} for ${forMs} ms`
}
