/** Scenes with fencing from seeds: the nodes lose each other altogether, and each can reset the other. */
import { Dice } from '../../src/sim/dice.ts'
import { generate } from './generate.ts'
import type { Scene, TimedFault } from './scene.ts'

/** A machine that stands still keeps its addresses until it is reset, so that these leave no excuse for two holders. */
const KINDS = ['cut', 'unplug', 'weather', 'crash', 'command', 'script', 'clock', 'pause']

export function generateFenced(seed: number): Scene {
  const scene = generate(seed)
  const dice = new Dice(seed ^ 0x0fe17ce)
  const slow = scene.deadtimeMs < 2000 ? { keepaliveMs: 250, deadtimeMs: 2500, initdeadMs: 5000 } : {}
  const faults = scene.faults.filter(({ fault }) => KINDS.includes(fault.kind) && !stands(fault))
  const atMs = dice.between(0, scene.faultsUntilMs - 8000)
  const partition = dice.chance(80) ? cut(scene, atMs, dice.between(500, 8000)) : []
  return { ...scene, ...slow, fencing: true, faults: [...faults, ...partition].sort((a, b) => a.atMs - b.atMs) }
}

const stands = (fault: TimedFault['fault']): boolean => fault.kind === 'pause' && fault.how !== 'process'

function cut({ nodes, links }: Scene, atMs: number, forMs: number): TimedFault[] {
  const [one, two] = nodes as [string, string]
  return [
    { atMs, forMs, fault: { kind: 'cut', from: one, to: two, links } },
    { atMs, forMs, fault: { kind: 'cut', from: two, to: one, links } },
  ]
}
