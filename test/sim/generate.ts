/** Scenes from seeds. */
import type { AutoFailback, Group } from '../../src/config/types.ts'
import { Dice } from '../../src/sim/dice.ts'
import { type Fault, group, type Scene, type TimedFault } from './scene.ts'

const NAMES = ['ann', 'bob', 'cat', 'dan']
const SETS = ['all', 'local', 'foreign'] as const

/** Seeds from here on are clusters of one hb and one heartbeat. */
export const MIXED_FROM = 1_000_000

export function generate(seed: number): Scene {
  const dice = new Dice(seed)
  const nodes = NAMES.slice(0, seed >= MIXED_FROM ? 2 : dice.pick([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 4]))
  const links = ['eth0', 'eth1', 'eth2'].slice(0, dice.pick([1, 1, 2, 2, 2, 3]))
  const [keepaliveMs, deadtimeMs] = dice.pick([
    [200, 1000],
    [200, 2000],
    [250, 2500],
    [500, 2000],
    [500, 3000],
    [900, 2000],
    [1000, 3000],
    [1000, 5000],
    [2000, 10_000],
  ] as const)
  const scene: Omit<Scene, 'faults'> = {
    seed,
    nodes,
    old: seed >= MIXED_FROM ? [dice.pick(nodes)] : [],
    links,
    keepaliveMs,
    deadtimeMs,
    initdeadMs: deadtimeMs * dice.pick([1, 2, 3]),
    autoFailback: dice.pick<AutoFailback>(['on', 'on', 'off', 'off', 'off', 'legacy']),
    groups: groups(dice, nodes),
    ping: dice.chance(15),
    encoded: dice.chance(12),
    startAtMs: Object.fromEntries(nodes.map((n, i) => [n, i === 0 ? 0 : startOf(dice, deadtimeMs)])),
    faultsUntilMs: 30_000 + dice.between(0, 8) * deadtimeMs,
  }
  return { ...scene, faults: faults(dice, scene) }
}

/** So long that the first messages have left the history when somebody asks for them in the name of one not there yet. */
export function generateLong(seed: number): Scene {
  const scene = generate(seed)
  const [of, node] = scene.nodes as [string, string]
  const ask: TimedFault = { atMs: 150_000, forMs: 50, fault: { kind: 'ask', node, of } }
  const timing = { keepaliveMs: 200, deadtimeMs: 2000, initdeadMs: 4000, faultsUntilMs: 160_000 }
  return { ...scene, ...timing, startAtMs: { ...scene.startAtMs, [node]: 155_000 }, faults: [ask] }
}

function startOf(dice: Dice, deadtimeMs: number): number {
  return dice.chance(70) ? dice.between(0, 300) : dice.between(0, 5 * deadtimeMs)
}

function groups(dice: Dice, nodes: readonly string[]): Group[] {
  const owners = dice.pick([[nodes[0]!], nodes, nodes, [nodes[0]!, nodes[0]!, nodes[1]!]])
  return owners.map((owner, i) => {
    const address = `10.0.0.${101 + i}`
    return group(owner, dice.chance(35) ? [address] : [address, `svc${i}`], i + 1)
  })
}

function faults(dice: Dice, scene: Omit<Scene, 'faults'>): TimedFault[] {
  const list: TimedFault[] = []
  const count = dice.pick([0, 1, 1, 2, 2, 3, 4, 6, 9])
  // Faults that meet each other find more than faults that come one by one.
  const crowded = dice.chance(60)
  const centreMs = dice.between(0, scene.faultsUntilMs - 8000)
  for (let i = 0; i < count; i++) {
    const fault = anyFault(dice, scene)
    const shortMs = dice.between(50, scene.deadtimeMs)
    // A pause that is nearly as long as deadtime is the hardest to tell from a death.
    const nearly = fault.kind === 'pause' && dice.chance(40)
    const nearlyMs = Math.round(scene.deadtimeMs * (0.7 + 0.35 * dice.unit()))
    const forMs = nearly
      ? nearlyMs
      : dice.chance(40)
        ? shortMs
        : dice.between(scene.deadtimeMs, 4 * scene.deadtimeMs + 5000)
    const atMs = crowded ? centreMs + dice.between(0, 8000) : dice.between(0, scene.faultsUntilMs)
    const timed = { atMs, forMs: Math.min(forMs, Math.max(50, scene.faultsUntilMs - atMs)), fault }
    list.push(timed, ...sequel(dice, scene, timed))
    if (fault.kind === 'command') list.push(...companion(dice, scene, fault, atMs))
    if (fault.kind === 'command' && dice.chance(20))
      list.push({ atMs, forMs: 50, fault: { ...fault, node: scene.nodes.find((n) => n !== fault.node)! } })
  }
  return list.sort((a, b) => a.atMs - b.atMs)
}

function anyFault(dice: Dice, { nodes, old, links, groups, encoded, ping }: Omit<Scene, 'faults'>): Fault {
  const node = dice.pick(nodes)
  const other = dice.pick(nodes.filter((n) => n !== node))
  const group = dice.between(0, groups.length - 1)
  const makers: readonly (() => Fault)[] = [
    () => ({ kind: 'cut', from: node, to: other, links: dice.chance(60) ? links : [dice.pick(links)] }),
    () => ({ kind: 'unplug', node, link: dice.pick(links) }),
    () => ({
      kind: 'weather',
      loss: dice.pick([0, 5, 20, 40, 70]),
      twice: dice.pick([0, 10]),
      jitterMs: dice.pick([0, 30, 300]),
    }),
    () => (encoded ? { kind: 'flip', percent: dice.pick([5, 30]) } : { kind: 'replay', count: dice.between(1, 30) }),
    () => ({
      kind: 'crash',
      node,
      what: dice.pick(['daemon', 'machine']),
      forget: dice.chance(15) && !old.includes(node),
    }),
    () => ({ kind: 'crash', node, what: dice.pick(['daemon', 'machine']), forget: false }),
    () => ({ kind: 'pause', node, how: dice.pick(['process', 'machine', 'suspend']) }),
    () => ({ kind: 'pause', node, how: 'process' }),
    () => ({ kind: 'command', node, command: { verb: 'standby', set: dice.pick(SETS) } }),
    () => ({ kind: 'command', node, command: { verb: 'takeover', set: dice.pick(SETS) } }),
    () => ({ kind: 'command', node, command: { verb: 'stop' } }),
    () => scriptFault(dice, node, group, old),
    () => scriptFault(dice, node, group, old),
    () => ({ kind: 'clock', node, byS: dice.pick([1, 60, 86_400, -3, -3600]) }),
    // A heartbeat does not look after its addresses.
    () => ({ kind: 'meddle', node: old.includes(node) ? other : node, group, add: dice.chance(50) }),
    () => scriptFault(dice, node, group, old),
    () => ({
      kind: 'reload',
      change: old.length > 0 ? 'keepalive' : dice.pick(['group', 'group', 'keepalive', 'nothing']),
    }),
    () => ({ kind: 'full-disk', node: old.includes(node) ? other : node }),
    () => (ping ? { kind: 'silent-ping' } : { kind: 'replay', count: dice.between(1, 30) }),
  ]
  return dice.pick(makers)()
}

/** A cut is often one in both directions; a heartbeat that wakes and takes everything may be spoken to in the midst of it. */
function sequel(dice: Dice, { old }: Omit<Scene, 'faults'>, { atMs, forMs, fault }: TimedFault): TimedFault[] {
  if (fault.kind === 'cut' && dice.chance(40))
    return [{ atMs, forMs, fault: { ...fault, from: fault.to, to: fault.from } }]
  if (fault.kind !== 'pause' || !old.includes(fault.node) || !dice.chance(30)) return []
  const command = { verb: 'standby', set: dice.pick(SETS) } as const
  return [
    { atMs: atMs + forMs + dice.between(0, 600), forMs: 50, fault: { kind: 'command', node: fault.node, command } },
  ]
}

/** What is ordered by hand often meets trouble: bad weather on the links, or a script that will not. */
function companion(
  dice: Dice,
  { groups, old }: Omit<Scene, 'faults'>,
  { node }: Extract<Fault, { kind: 'command' }>,
  orderedMs: number,
): TimedFault[] {
  const atMs = Math.max(0, orderedMs - dice.between(0, 200))
  if (dice.chance(25)) {
    return [{ atMs, forMs: dice.between(500, 5000), fault: { kind: 'weather', loss: 70, twice: 0, jitterMs: 30 } }]
  }
  if (dice.chance(75)) return []
  const fault = scriptFault(dice, node, dice.between(0, groups.length - 1), old)
  return [{ atMs, forMs: dice.between(2000, 30_000), fault }]
}

function scriptFault(dice: Dice, node: string, group: number, old: readonly string[]): Fault {
  // A heartbeat has no time limits, and reboots when a stop fails: its scripts are at most slow.
  if (old.includes(node)) return { kind: 'script', node, group, trouble: 'slow' }
  const trouble = dice.pick(['start-fails', 'start-hangs', 'stop-fails', 'stop-hangs', 'slow'] as const)
  return { kind: 'script', node, group, trouble }
}
