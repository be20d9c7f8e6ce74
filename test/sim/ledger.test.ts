/** What excuses two holders, and what does not. */
import { expect, test } from 'bun:test'
import { text } from '../../src/wire/message.ts'
import { generate, MIXED_FROM } from './generate.ts'
import type { Fault, Scene } from './scene.ts'
import { shrink } from './shrink.ts'
import { Trace } from './trace.ts'
import { World } from './world.ts'

const mixed: Scene = { ...generate(MIXED_FROM), old: ['bob'], keepaliveMs: 200, deadtimeMs: 2000, faults: [] }

function excused(fault: Fault, forMs: number): boolean {
  const { ledger } = new World(mixed, new Trace(0))
  ledger.fault(fault, forMs)
  return ledger.excusedUntilMs > 0
}

test('a heartbeat that stands still for less than deadtime excuses nothing', () => {
  expect(excused({ kind: 'pause', node: 'bob', how: 'process' }, 50)).toBe(false)
  expect(excused({ kind: 'pause', node: 'bob', how: 'process' }, 1700)).toBe(false)
  expect(excused({ kind: 'pause', node: 'bob', how: 'process' }, 1900)).toBe(true)
})

test('nor does a script, whatever it does', () => {
  for (const trouble of ['start-fails', 'start-hangs', 'stop-fails', 'stop-hangs', 'slow'] as const)
    expect(excused({ kind: 'script', node: 'ann', group: 0, trouble }, 10_000)).toBe(false)
})

test('nothing moves for a step of the clock, a full disk, a replay, or one cut link', () => {
  const faults: readonly Fault[] = [
    { kind: 'clock', node: 'ann', byS: -3600 },
    { kind: 'full-disk', node: 'ann' },
    { kind: 'replay', count: 5 },
    { kind: 'meddle', node: 'ann', group: 0, add: true },
    { kind: 'cut', from: 'ann', to: 'bob', links: ['eth0'] },
  ]
  const world = new World(mixed, new Trace(0))
  world.nowMs = 1
  for (const fault of faults) world.ledger.fault(fault, 10_000)
  expect(world.ledger.atRest(mixed.groups[0]!.key)).toBe(true)
  world.ledger.fault({ kind: 'command', node: 'ann', command: { verb: 'standby', set: 'all' } }, 50)
  expect(world.ledger.atRest(mixed.groups[0]!.key)).toBe(false)
})

test('a scene that breaks nothing is not made smaller', () => {
  const scene = generate(10_003)
  expect(scene.faults.length).toBeGreaterThan(0)
  expect(shrink(scene)).toBe(scene)
})

test('two runs that differ in one field of one message have different traces', () => {
  const hash = (seq: string) => {
    const trace = new Trace(0)
    const message = { fields: [text('t', 'status'), text('seq', seq)] }
    trace.effect(0, 'ann', { kind: 'send', message, again: false })
    return trace.hash
  }
  expect(hash('1')).toBe(hash('1'))
  expect(hash('1')).not.toBe(hash('2'))
})
