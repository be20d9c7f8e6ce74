/** Scenes with monitors and maintenance, from seeds. */
import type { Monitor } from '../../src/config/types.ts'
import { Dice } from '../../src/sim/dice.ts'
import { generate } from './generate.ts'
import { type Fault, group, type Scene, type TimedFault } from './scene.ts'

const SETS = ['all', 'local', 'foreign'] as const

export function generateServices(seed: number): Scene {
  const dice = new Dice(seed ^ 0x2545f491)
  const base = generate(seed)
  const [ann, bob] = base.nodes as [string, string]
  const groups = dice
    .pick([[ann], [ann, bob], [ann, ann, bob]])
    .map((owner, i) => group(owner, [`10.0.0.${101 + i}`, `svc${i}`], i + 1))
  const scene: Scene = {
    ...base,
    autoFailback: dice.pick(['on', 'off', 'off']),
    groups,
    monitors: groups.map((g) => monitorOf(dice, g.resources[1]!.text)),
    deadtimeMs: Math.max(2000, base.deadtimeMs),
    initdeadMs: Math.max(2000, base.initdeadMs),
  }
  const faults: TimedFault[] = []
  const count = dice.between(1, 7)
  for (let i = 0; i < count; i++) {
    const atMs = dice.between(6000, scene.faultsUntilMs - 2000)
    const forMs = Math.min(dice.between(200, 20_000), scene.faultsUntilMs - atMs)
    faults.push({ atMs, forMs, fault: serviceFault(dice, scene) })
  }
  return { ...scene, faults: faults.sort((a, b) => a.atMs - b.atMs) }
}

function monitorOf(dice: Dice, resource: string): Monitor {
  return {
    resource,
    everyMs: dice.pick([300, 1000, 2000]),
    timeoutMs: 500,
    fail: dice.between(1, 3),
    restarts: dice.between(0, 2),
    withinMs: 30_000,
    probe: { kind: 'tcp', host: '127.0.0.1', port: 80 },
    file: 'hb.cf',
    line: 1,
    column: 1,
  }
}

function serviceFault(dice: Dice, { nodes, groups, links }: Scene): Fault {
  const node = dice.pick(nodes)
  const index = dice.between(0, groups.length - 1)
  const makers: readonly (() => Fault)[] = [
    () => ({ kind: 'sick', node, group: index }),
    () => ({ kind: 'sick', node, group: index }),
    () => ({ kind: 'sick', node, group: index }),
    () => ({ kind: 'maintenance', node, group: dice.chance(50) ? null : index }),
    () => ({ kind: 'maintenance', node, group: dice.chance(50) ? null : index }),
    () => ({ kind: 'command', node, command: { verb: 'standby', set: dice.pick(SETS) } }),
    () => ({ kind: 'command', node, command: { verb: 'takeover', set: dice.pick(SETS) } }),
    () => ({ kind: 'command', node, command: { verb: 'clear', group: null } }),
    () => ({ kind: 'command', node, command: { verb: 'stop' } }),
    () => ({ kind: 'script', node, group: index, trouble: dice.pick(['start-fails', 'start-hangs', 'slow']) }),
    () => ({ kind: 'crash', node, what: 'daemon', forget: false }),
    () => ({ kind: 'unplug', node, link: dice.pick(links) }),
  ]
  return dice.pick(makers)()
}
