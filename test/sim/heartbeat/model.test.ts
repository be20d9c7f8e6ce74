/** The model of a heartbeat against what real ones did (the conversations that were captured): order and times. */
import { describe, expect, test } from 'bun:test'
import { group, type Scene, type TimedFault } from '../scene.ts'
import { simulate } from '../simulate.ts'
import { pairOf } from './pair.ts'

/** The captured pair, with one group of ann's. */
function captured(faults: readonly TimedFault[], more: Partial<Scene> = {}): Scene {
  return {
    ...pairOf('ann', 'bob'),
    seed: 7,
    autoFailback: 'on',
    groups: [group('ann', ['10.0.0.101', 'svc'], 1)],
    startAtMs: { ann: 0, bob: 20 },
    faultsUntilMs: 40_000,
    faults,
    ...more,
  }
}

/** Messages that a node has sent since, as `type set info`. */
function said(scene: Scene, node: string, sinceMs: number, types: readonly string[]): string[] {
  return simulate(scene, 2).lines.flatMap((line) => {
    const m = /^\s*([0-9.]+) (\w+): {3}-> t=(\S+) (.*)/.exec(line)
    if (m === null || m[2] !== node || Number(m[1]) * 1000 < sinceMs || !types.includes(m[3]!)) return []
    const words = [m[3], /rsc_hold=(\S+)/.exec(m[4]!)?.[1], /info=(\S+)/.exec(m[4]!)?.[1]]
    return [words.filter((w) => w !== undefined).join(' ')]
  })
}

/** When each node had the address put on or taken off, in ms. */
function moves(scene: Scene): { atMs: number; node: string; what: string }[] {
  return simulate(scene, 2).lines.flatMap((line) => {
    const m = /^\s*([0-9.]+) (\w+): ([+-]) 10\.0\.0\.101/.exec(line)
    return m === null ? [] : [{ atMs: Number(m[1]) * 1000, node: m[2]!, what: m[3]! }]
  })
}

describe('a heartbeat, modelled', () => {
  test('cold start of both: the address is up after the ten seconds', () => {
    const [first] = moves(captured([]))
    expect(first).toMatchObject({ node: 'ann', what: '+' })
    expect(first!.atMs).toBeGreaterThan(10_000)
    expect(first!.atMs).toBeLessThan(11_500)
  })

  test('alone: the address is up soon after initdead', () => {
    const [first] = moves(captured([], { startAtMs: { ann: 0, bob: 20_000 } }))
    expect(first!.atMs).toBeGreaterThan(3000)
    expect(first!.atMs).toBeLessThan(3700)
  })

  test('crash of the holder: taken over after deadtime and a poll, given back on return', () => {
    const crash: TimedFault = {
      atMs: 15_000,
      forMs: 5000,
      fault: { kind: 'crash', node: 'ann', what: 'machine', forget: false },
    }
    const [, taken, given, back] = moves(captured([crash]))
    expect(taken).toMatchObject({ node: 'bob', what: '+' })
    expect(taken!.atMs - 15_000).toBeGreaterThan(1000 - 200)
    expect(taken!.atMs - 15_000).toBeLessThan(1800)
    expect(given).toMatchObject({ node: 'bob', what: '-' })
    expect(back).toMatchObject({ node: 'ann', what: '+' })
    expect(back!.atMs - 20_000).toBeLessThan(2500)
  })

  test('graceful stop: the other has the address within half a second of its release', () => {
    const stop: TimedFault = {
      atMs: 15_000,
      forMs: 10_000,
      fault: { kind: 'command', node: 'ann', command: { verb: 'stop' } },
    }
    const [, released, taken] = moves(captured([stop]))
    expect(released).toMatchObject({ node: 'ann', what: '-' })
    expect(taken).toMatchObject({ node: 'bob', what: '+' })
    expect(taken!.atMs - released!.atMs).toBeLessThan(500)
  })

  test('healed partition: two seconds later both let go, and the address is away for more than ten seconds', () => {
    const both = [
      { kind: 'cut', from: 'ann', to: 'bob', links: ['eth0'] },
      { kind: 'cut', from: 'bob', to: 'ann', links: ['eth0'] },
    ] as const
    const cuts = both.map((fault) => ({ atMs: 15_000, forMs: 4000, fault }))
    const list = moves(captured(cuts, { autoFailback: 'off' }))
    const releases = list.filter((m) => m.what === '-')
    expect(releases.length).toBeGreaterThanOrEqual(2)
    expect(releases[0]!.atMs - 19_000).toBeGreaterThan(1900)
    expect(releases[0]!.atMs - 19_000).toBeLessThan(2700)
    const again = list.find((m) => m.what === '+' && m.atMs > releases[1]!.atMs)
    expect(again!.atMs - 19_000).toBeGreaterThan(10_000)
  })

  test('a frozen holder that wakes takes the other one for dead, and does not ask for what it still runs', () => {
    const freeze: TimedFault = { atMs: 15_000, forMs: 3000, fault: { kind: 'pause', node: 'ann', how: 'process' } }
    const types = ['stonith', 'resource', 'ip-request-resp']
    const list = said(captured([freeze]), 'ann', 18_000, types)
    expect(list.slice(0, 3).sort()).toEqual([
      'resource all req_our_resources()',
      'resource foreign mach_down',
      'stonith',
    ])
    expect(list).not.toContain('ip-request-resp')
  })

  test('after a crash a node asks itself for what does not run', () => {
    const crash: TimedFault = {
      atMs: 15_000,
      forMs: 2000,
      fault: { kind: 'crash', node: 'ann', what: 'machine', forget: false },
    }
    const scene = captured([crash], { startAtMs: { ann: 0, bob: 60_000 } })
    expect(said(scene, 'ann', 17_000, ['ip-request-resp'])).toEqual(['ip-request-resp'])
  })

  test('hb_takeover is answered by a script, which waits for the scripts before it', () => {
    const faults: TimedFault[] = [
      { atMs: 14_000, forMs: 20_000, fault: { kind: 'script', node: 'bob', group: 0, trouble: 'slow' } },
      { atMs: 15_000, forMs: 3000, fault: { kind: 'pause', node: 'bob', how: 'process' } },
      { atMs: 18_100, forMs: 50, fault: { kind: 'command', node: 'ann', command: { verb: 'takeover', set: 'local' } } },
    ]
    const list = said(captured(faults, { autoFailback: 'off' }), 'bob', 15_000, ['resource', 'ask_resources'])
    const machDown = list.indexOf('resource foreign mach_down')
    expect(machDown).toBeGreaterThanOrEqual(0)
    expect(list.indexOf('ask_resources foreign me')).toBeGreaterThan(machDown)
  })
})
