/**
 * Scenarios: a command a line, then `expect:` and what is to happen, line by line.
 *
 *   # anything behind a cross is a remark
 *   cluster keepalive=1000 deadtime=3000 initdead=6000 auto_failback=off links=eth0,eth1 old=bob seed=1
 *   group ann 10.0.0.101 svc
 *   start bob 20s                  when the node starts (0 if it is not said)
 *   at 30s crash ann machine 20s   a fault, its particulars, and how long it lasts
 *   at 30s status bob              what hb status prints there
 *   at 30s datagram bob text       somebody who is no node sends one in that form (asides.ts)
 *   check ha.cf deadtme 5          what hb check says of a right configuration with that line
 *   deadtime bob 9s                its ha.cf has another one
 *   until 60s
 *   show starting,resource         also the messages of these types, as they are sent
 *   fields t,dest,dt               with these of their fields
 *   events link,stall              also the transitions of these subjects
 *   operations                     also the beginning and the end of each operation on a resource
 *   hooks                          also each script of rc.d with what it finds in its environment
 *   expect:
 *      30.000 ...
 *
 * Shown are the lines of the trace that say who has an address, what groups do, and what commands were answered.
 */
import type { Monitor } from '../../src/config/types.ts'
import type { StandbySet } from '../../src/io.ts'
import { checkLines, datagramLines, files, forms, statusLines } from './asides.ts'
import { scheduleAll } from './faults.ts'
import type { Host } from './host.ts'
import {
  type Change,
  type Fault,
  group,
  type PauseKind,
  type Scene,
  type ScriptTrouble,
  type TimedFault,
} from './scene.ts'
import { FIELDS, Trace } from './trace.ts'
import { World } from './world.ts'

export interface Script {
  readonly scene: Scene
  readonly untilMs: number
  readonly shown: Shown
  readonly asides: readonly Aside[]
  /** What comes before anything happens. */
  readonly first: readonly string[]
  readonly expected: readonly string[]
}

interface Shown {
  /** Types of messages, and the fields that are wanted of them. */
  messages: readonly string[]
  fields: readonly string[]
  /** Subjects of transitions. */
  events: readonly string[]
  operations: boolean
  hooks: boolean
}

interface Aside {
  readonly atMs: number
  readonly node: string
  readonly lines: (world: World, host: Host) => string[]
}

const SHOWN =
  /: ([+-] |kernel: |VIOLATION|reply |announce |group .* -> (failed|stop-failed|unserved|served|left to)|node .* -> dead|starts, |stall )|#/

/** @throws Error that names the line which is not understood. */
export function readScript(text: string): Script {
  const lines = text.split('\n')
  const end = lines.findIndex((l) => l.trim() === 'expect:')
  const scene = { ...EMPTY }
  let untilMs = 60_000
  const shown: Shown = { messages: [], fields: FIELDS, events: [], operations: false, hooks: false }
  const asides: Aside[] = []
  const first: string[] = []
  for (const [i, line] of lines.slice(0, end < 0 ? lines.length : end).entries()) {
    const words = line.replace(/#.*$/, '').trim().split(/\s+/)
    if (words[0] === '') continue
    if (words[0] === 'until') untilMs = time(words[1]!)
    else if (words[0] === 'check' && files.includes(words[1]!))
      first.push(...checkLines(words[1]!, words.slice(2).join(' ')))
    else if (!show(shown, words) && !aside(asides, scene, words) && !command(scene, words))
      throw new Error(`line ${i + 1} is not understood: ${line}`)
  }
  const expected = end < 0 ? [] : lines.slice(end + 1).filter((l) => l.trim() !== '')
  return { scene: { ...scene, faultsUntilMs: untilMs }, untilMs, shown, asides, first, expected }
}

function show(shown: Shown, [verb, list = '']: string[]): boolean {
  if (verb === 'show') shown.messages = list.split(',')
  else if (verb === 'fields') shown.fields = list.split(',')
  else if (verb === 'events') shown.events = list.split(',')
  else if (verb === 'operations') shown.operations = true
  else if (verb === 'hooks') shown.hooks = true
  else return false
  return true
}

function aside(asides: Aside[], { nodes }: Scene, [at, when = '', verb, node = '', form = '']: string[]): boolean {
  if (at !== 'at' || !nodes.includes(node)) return false
  const lines = (found: Aside['lines']) => asides.push({ atMs: time(when), node, lines: found })
  if (verb === 'status') lines(statusLines)
  else if (verb === 'datagram' && forms.includes(form)) lines((world, host) => datagramLines(world, host, form))
  else return false
  return true
}

type Draft = { -readonly [K in keyof Scene]: Scene[K] }

const EMPTY: Draft = {
  seed: 1,
  nodes: ['ann', 'bob'],
  old: [],
  links: ['eth0', 'eth1'],
  keepaliveMs: 1000,
  deadtimeMs: 3000,
  initdeadMs: 6000,
  autoFailback: 'off',
  groups: [],
  ping: false,
  encoded: false,
  startAtMs: {},
  faultsUntilMs: 0,
  faults: [],
}

function command(scene: Draft, [verb = '', ...words]: string[]): boolean {
  if (verb === 'cluster') return words.every((w) => setting(scene, w))
  if (verb === 'group') {
    scene.groups = [...scene.groups, group(words[0]!, words.slice(1), scene.groups.length + 1)]
    return true
  }
  if (verb === 'deadtime') {
    scene.deadtimes = { ...scene.deadtimes, [words[0]!]: time(words[1]!) }
    return true
  }
  if (verb === 'start') {
    scene.startAtMs = { ...scene.startAtMs, [words[0]!]: time(words[1]!) }
    return true
  }
  const faults = verb === 'at' ? faultsOf(scene, words.slice(1)) : null
  if (faults === null) return false
  const atMs = time(words[0]!)
  scene.faults = [...scene.faults, ...faults.map((f) => ({ atMs, ...f }))]
  return true
}

function setting(scene: Draft, word: string): boolean {
  const [name, value = ''] = word.split('=')
  if (name === 'keepalive') scene.keepaliveMs = Number(value)
  else if (name === 'deadtime') scene.deadtimeMs = Number(value)
  else if (name === 'initdead') scene.initdeadMs = Number(value)
  else if (name === 'auto_failback') scene.autoFailback = value as Scene['autoFailback']
  else if (name === 'nodes') scene.nodes = value.split(',')
  else if (name === 'links') scene.links = value.split(',')
  else if (name === 'old') scene.old = value.split(',')
  else if (name === 'seed') scene.seed = Number(value)
  else if (name === 'ping') scene.ping = value === 'yes'
  else if (name === 'monitors') scene.monitors = value.split(',').map(monitor)
  else return false
  return true
}

function monitor(resource: string): Monitor {
  const probe = { kind: 'tcp', host: '127.0.0.1', port: 80 } as const
  const every = { everyMs: 1000, timeoutMs: 500, fail: 3, restarts: 1, withinMs: 60_000 }
  return { resource, ...every, probe, file: 'hb.cf', line: 1, column: 1 }
}

function time(word: string): number {
  const m = /^([0-9.]+)(ms|s)$/.exec(word)
  if (m === null) throw new Error(`${word} is not a time such as 20s or 500ms`)
  return Number(m[1]) * (m[2] === 's' ? 1000 : 1)
}

function faultsOf(scene: Scene, [verb, a = '', b = '', c = '', d = '']: string[]): Omit<TimedFault, 'atMs'>[] | null {
  const one = (fault: Fault, forWord: string) => [{ fault, forMs: forWord === '' ? 0 : time(forWord) }]
  switch (verb) {
    case 'cut':
      return one({ kind: 'cut', from: a, to: b, links: scene.links }, c)
    case 'part':
      return [
        ...one({ kind: 'cut', from: a, to: b, links: scene.links }, c),
        ...one({ kind: 'cut', from: b, to: a, links: scene.links }, c),
      ]
    case 'unplug':
      return one({ kind: 'unplug', node: a, link: b }, c)
    case 'crash':
      return one({ kind: 'crash', node: a, what: b as 'daemon' | 'machine', forget: false }, c)
    case 'pause':
      return one({ kind: 'pause', node: a, how: b as PauseKind }, c)
    case 'stop':
      return one({ kind: 'command', node: a, command: { verb: 'stop' } }, b)
    case 'standby':
    case 'takeover':
      return one({ kind: 'command', node: a, command: { verb, set: b as StandbySet } }, '')
    case 'remove':
    case 'add':
      return one({ kind: 'meddle', node: a, group: Number(b), add: verb === 'add' }, '')
    case 'clock':
      return one({ kind: 'clock', node: a, byS: time(b) / 1000 }, '')
    case 'replay':
      return one({ kind: 'replay', count: Number(a) }, '')
    case 'loss':
      return one({ kind: 'weather', loss: Number.parseInt(a, 10), twice: 0, jitterMs: 0 }, b)
    case 'sick':
      return one({ kind: 'sick', node: a, group: Number(b) }, c)
    case 'maintenance':
      return one({ kind: 'maintenance', node: a, group: null }, b)
    case 'ask':
      return one({ kind: 'ask', node: a, of: b }, '')
    case 'full-disk':
      return one({ kind: 'full-disk', node: a }, b)
    case 'reload':
      return one({ kind: 'reload', change: a as Change }, b)
    case 'silent-ping':
      return one({ kind: 'silent-ping' }, a)
    case 'script':
      return one({ kind: 'script', node: a, group: Number(b), trouble: c as ScriptTrouble }, d)
    default:
      return null
  }
}

/** What happened, as the expectation is written. */
export function play({ scene, untilMs, shown, asides, first }: Script): string[] {
  const { messages, operations, hooks } = shown
  const world = new World(scene, new Trace(messages.length > 0 || operations || hooks ? 2 : 1, shown.fields))
  scheduleAll(world)
  for (const { atMs, node, lines } of asides) {
    world.agenda.at(atMs, () => {
      for (const line of lines(world, world.host(node))) world.trace.aside(world.nowMs, node, line)
    })
  }
  if (untilMs > 0) world.runUntil(untilMs)
  return [...first, ...world.trace.lines.filter((l) => visible(l, shown))].map((l) => l.trimEnd())
}

function visible(line: string, { messages, events, operations, hooks }: Shown): boolean {
  const type = /^ *[0-9.]+ \w+: {3}-> .*?\bt=(\S+)/.exec(line)?.[1]
  if (type !== undefined) return messages.includes(type)
  if (/^ *[0-9.]+ \w+\| /.test(line)) return true
  if (/^ *[0-9.]+ \w+: {3}(begin|end) /.test(line)) return operations
  if (/^ *[0-9.]+ \w+: {3}rc\.d/.test(line)) return hooks
  if (/^ *[0-9.]+ \w+: {3}/.test(line)) return false
  return SHOWN.test(line) || events.some((subject) => new RegExp(`: ${subject} .* -> `).test(line))
}
