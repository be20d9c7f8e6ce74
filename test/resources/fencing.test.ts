/** What becomes of a dead node's groups where a stonith device is configured, and of one that cannot stop a group. */
import { describe, expect, test } from 'bun:test'
import type { ClusterConfig } from '../../src/config/types.ts'
import { get, text } from '../../src/wire/message.ts'
import { config, group, type Node, Pair } from '../services/pair.ts'

const groups = [group('ann', '10.0.0.101', 'web'), group('bob', '10.0.0.102')]

const pair = (rest: Partial<ClusterConfig> = {}) => new Pair(config(groups, { fencing: true, ...rest }))

const fences = (node: Node) => node.effects.filter((e) => e.kind === 'fence')
const told = (node: Node) => node.events.filter((e) => e.subject === 'fencing').map((e) => `${e.name} ${e.to}`)
const said = (node: Node): string[] => {
  const results: string[] = []
  for (const e of node.sent) if (get(e, 't') === 'stonith') results.push(`${get(e, 'node')} ${get(e, 'result')}`)
  return results
}

/** Together, each with its own; then bob's machine dies. */
function bobDies(p: Pair): Pair {
  p.start()
  expect([p.where('10.0.0.101'), p.where('10.0.0.102')]).toEqual(['ann', 'bob'])
  p.powerOff(p.bob)
  return p
}

describe('a node that is silent for deadtime', () => {
  test('is reset first, then its groups are taken', () => {
    const p = bobDies(pair())
    p.run(2.3)
    expect([fences(p.ann).length, p.where('10.0.0.102')]).toEqual([1, ''])
    expect(p.ann.warnings).toContain('node bob has to be reset before anything of it is taken: attempt 1 is under way')
    expect(p.ann.engine!.snapshot().stable).toBe(false)
    p.run(1)
    expect(p.where('10.0.0.102')).toBe('ann')
    expect(told(p.ann)).toEqual(['bob resetting', 'bob reset'])
    expect(said(p.ann)).toEqual(['bob OK'])
    expect(p.ann.engine!.snapshot().stable).toBe(true)
    expect(p.ann.warnings).not.toContain('reset')
  })

  test('is reset again every 5 s until that succeeds; nothing is taken before', () => {
    const p = bobDies(pair())
    p.ann.resets.push('fails', 'fails', 'fails')
    p.run(4)
    expect(p.ann.warnings).toContain('attempt 1 failed: no answer; tried every 5 s')
    p.run(9)
    expect([fences(p.ann).length, p.where('10.0.0.102')]).toEqual([3, ''])
    p.run(6)
    expect([fences(p.ann).length, p.where('10.0.0.102')]).toEqual([4, 'ann'])
    expect(told(p.ann)).toEqual(['bob resetting', 'bob failed', 'bob reset'])
    expect(said(p.ann)).toEqual(['bob bad', 'bob bad', 'bob bad', 'bob OK'])
    expect(p.ann.engine!.snapshot().counters).toMatchObject({ fencings: 1, fencing_failures: 3 })
  })

  test('is reset again when the program is never heard of', () => {
    const p = bobDies(pair())
    p.ann.resets.push('hangs')
    p.run(70)
    expect(fences(p.ann).length).toBe(1)
    p.run(10)
    expect([fences(p.ann).length, p.where('10.0.0.102')]).toEqual([2, 'ann'])
  })

  test('and is heard again before it was reset keeps what it has', () => {
    const p = pair().start()
    p.ann.resets.push('fails', 'fails', 'fails')
    p.bob.resets.push('fails', 'fails', 'fails')
    p.cut = true
    p.run(6, p.once)
    p.cut = false
    p.run(20, p.once)
    expect([p.where('10.0.0.101'), p.where('10.0.0.102')]).toEqual(['ann', 'bob'])
    expect(told(p.ann)).toEqual(['bob resetting', 'bob failed', 'bob ended'])
    expect(fences(p.ann).length).toBe(1)
  })

  test('an answer that comes after that is nobody’s', () => {
    const p = bobDies(pair())
    p.ann.resets.push('fails')
    p.run(2.3)
    p.boot(p.bob)
    p.run(3)
    expect(p.ann.engine!.snapshot().counters.late_fencings).toBe(1)
    p.run(20, p.once)
    expect(p.where('10.0.0.102')).toBe('bob')
  })

  test('costs the survivor nothing of its own meanwhile', () => {
    const p = bobDies(pair())
    for (let i = 0; i < 5; i++) p.ann.resets.push('fails')
    p.run(20)
    expect([p.where('10.0.0.101'), p.where('web')]).toEqual(['ann', 'ann'])
  })

  test('does not keep the survivor from stopping', () => {
    const p = bobDies(pair())
    for (let i = 0; i < 9; i++) p.ann.resets.push('fails')
    p.run(4)
    p.command(p.ann, { verb: 'stop' })
    p.run(3)
    expect([p.ann.engine, p.where('web')]).toEqual([null, ''])
  })

  test('a reload without the device ends the wait: the operator has seen to it', () => {
    const p = bobDies(pair())
    for (let i = 0; i < 9; i++) p.ann.resets.push('fails')
    p.run(4)
    p.input(p.ann, { kind: 'config', config: { ...p.config, fencing: false } })
    p.run(6)
    expect(p.where('10.0.0.102')).toBe('ann')
  })
})

describe('in maintenance', () => {
  const turn = (p: Pair, on: boolean, key: string | null = null) => {
    const id = p.command(p.ann, { verb: 'maintenance', on, group: key })
    p.run(0.5)
    return p.ann.replies.get(id)!
  }

  test('nobody is reset; when it ends, that comes first', () => {
    const p = pair().start()
    turn(p, true)
    p.powerOff(p.bob)
    p.run(60)
    expect([fences(p.ann).length, p.where('10.0.0.101'), p.where('10.0.0.102')]).toEqual([0, 'ann', ''])
    expect(p.ann.warnings).toContain(
      'node bob is dead; it is not reset in maintenance, but before anything of it is taken',
    )
    expect(turn(p, false)).toMatchObject({ ok: false })
    expect(fences(p.ann).length).toBe(0)
    p.ann.resets.push('fails')
    expect(turn(p, false)).toMatchObject({ ok: true })
    expect([fences(p.ann).length, p.where('10.0.0.102')]).toEqual([1, ''])
    p.run(8)
    expect([fences(p.ann).length, p.where('10.0.0.101'), p.where('10.0.0.102')]).toEqual([2, 'ann', 'ann'])
  })

  test('one that comes back meanwhile keeps what it was left running', () => {
    const p = pair().start()
    turn(p, true)
    p.crash(p.bob)
    p.run(20)
    p.boot(p.bob)
    p.run(20)
    turn(p, false)
    p.run(20, p.once)
    expect([p.where('10.0.0.101'), p.where('10.0.0.102')]).toEqual(['ann', 'bob'])
    expect([...fences(p.ann), ...fences(p.bob)]).toEqual([])
  })

  test('of another group: what is not in maintenance is taken, after a reset', () => {
    const p = pair().start()
    turn(p, true, '10.0.0.101')
    p.powerOff(p.bob)
    p.run(5)
    expect([fences(p.ann).length, p.where('10.0.0.102')]).toEqual([1, 'ann'])
  })
})

describe('a partition', () => {
  test('ends with one holder of everything: whoever is quicker resets the other', () => {
    const p = pair().start()
    p.bob.resets.push('fails')
    p.cut = true
    p.run(10, p.once)
    expect([p.where('10.0.0.101'), p.where('10.0.0.102'), p.bob.engine]).toEqual(['ann', 'ann', null])
  })

  test('a survivor that was away itself resets the other before it takes anything back', () => {
    const p = bobDies(pair()).run(5)
    expect(fences(p.ann).length).toBe(1)
    p.nowMs += 4000
    p.ann.resets.push('fails')
    p.run(5)
    expect([p.where('10.0.0.101'), p.where('10.0.0.102'), fences(p.ann).length]).toEqual(['', '', 2])
    p.run(6)
    expect([p.where('10.0.0.101'), fences(p.ann).length]).toEqual(['ann', 3])
  })
})

test('what a reset said while this node was away does not count: the other may be up again', () => {
  const p = bobDies(pair())
  p.ann.resets.push('lies')
  p.run(2.2)
  expect(fences(p.ann).length).toBe(1)
  p.nowMs += 4000
  p.run(4)
  expect([p.where('10.0.0.102'), fences(p.ann).length]).toEqual(['', 1])
  p.run(4)
  expect([p.where('10.0.0.102'), fences(p.ann).length]).toEqual(['ann', 2])
})

describe('at the start', () => {
  test('one that was never heard may hold anything: it is reset', () => {
    const p = pair()
    p.ann.resets.push('fails')
    p.boot(p.ann)
    p.run(7)
    expect([fences(p.ann).length, p.where('10.0.0.101')]).toEqual([1, ''])
    p.run(6)
    expect([p.where('10.0.0.101'), p.where('10.0.0.102')]).toEqual(['ann', 'ann'])
  })

  test.each(['on', 'legacy'] as const)('one that comes meanwhile is joined (auto_failback %s)', (autoFailback) => {
    const p = pair({ autoFailback })
    for (let i = 0; i < 9; i++) p.ann.resets.push('fails')
    p.boot(p.ann)
    p.run(9)
    expect(p.where('10.0.0.101')).toBe('')
    p.boot(p.bob)
    p.run(20, p.once)
    expect([p.where('10.0.0.101'), p.where('10.0.0.102')]).toEqual(['ann', 'bob'])
  })

  test('auto_failback legacy: reset, then everything', () => {
    const p = pair({ autoFailback: 'legacy' })
    p.boot(p.ann)
    p.run(5)
    expect([p.where('10.0.0.101'), p.where('10.0.0.102'), fences(p.ann).length]).toEqual(['ann', 'ann', 1])
  })
})

describe('no reset', () => {
  test('of one that said farewell', () => {
    const p = pair().start()
    p.command(p.bob, { verb: 'stop' })
    p.run(8)
    expect([fences(p.ann).length, p.where('10.0.0.102')]).toEqual([0, 'ann'])
    expect(said(p.ann)).toEqual(['bob unneeded'])
  })

  test('of one that said farewell, auto_failback legacy', () => {
    const p = pair({ autoFailback: 'legacy' }).start()
    p.command(p.bob, { verb: 'stop' })
    p.run(8)
    expect([fences(p.ann).length, p.where('10.0.0.102')]).toEqual([0, 'ann'])
  })

  test('of one that had said it holds nothing, when everything is here', () => {
    const p = pair().start()
    p.command(p.bob, { verb: 'standby', set: 'all' })
    p.run(3)
    p.crash(p.bob)
    p.run(8)
    expect([fences(p.ann).length, p.where('10.0.0.102')]).toEqual([0, 'ann'])
    expect(said(p.ann)).toEqual(['bob unneeded'])
  })

  test('without a device: the groups are taken at once, and it is said that disks are not protected', () => {
    const p = bobDies(pair({ fencing: false })).run(3)
    expect([fences(p.ann).length, p.where('10.0.0.102')]).toEqual([0, 'ann'])
    const heard = p.ann.effects.flatMap((e) => (e.kind === 'deliver' ? [e.message] : []))
    const results = heard.filter((m) => get(m, 't') === 'stonith').map((m) => get(m, 'result'))
    expect([said(p.ann), results]).toEqual([[], ['n_stnth']])
    const logged = p.ann.effects.flatMap((e) => (e.kind === 'log' ? [e.text] : []))
    expect(logged).toContain('No STONITH device configured.')
  })
})

test('the message is heartbeat’s: type, node, result', () => {
  const p = bobDies(pair()).run(5)
  const message = p.ann.sent.find((m) => get(m, 't') === 'stonith')!
  expect(message.fields.slice(0, 3)).toEqual([text('t', 'stonith'), text('node', 'bob'), text('result', 'OK')])
})

describe('stop_failure fence', () => {
  const stuckPair = (rest: Partial<ClusterConfig> = {}) => {
    const p = pair({ stopFailure: 'fence', stopTimeoutMs: 1000, ...rest }).start()
    p.ann.trouble.set('stop web', 'failed')
    p.ann.trouble.set('status web', 'running')
    p.command(p.ann, { verb: 'standby', set: 'local' })
    return p
  }

  test('the peer resets the node that cannot stop a group, and takes over when it is silent', () => {
    const p = stuckPair()
    p.run(13, p.once)
    expect(fences(p.bob).length).toBe(1)
    p.run(4, p.once)
    expect([p.where('web'), p.where('10.0.0.101')]).toEqual(['bob', 'bob'])
    expect([fences(p.ann).length, fences(p.bob).length]).toEqual([0, 1])
    expect(told(p.bob)).toEqual(['ann resetting', 'ann reset'])
    expect(p.bob.events.find((e) => e.subject === 'fencing')?.cause).toBe('10.0.0.101 could not be stopped on ann')
  })

  test('it is not taken from one that is heard after the device said it was reset', () => {
    const p = stuckPair()
    for (let i = 0; i < 9; i++) p.bob.resets.push('lies')
    p.run(30, p.once)
    expect(p.where('web')).toBe('ann')
    expect(fences(p.bob).length).toBeGreaterThan(1)
  })

  test('not while the group is in maintenance', () => {
    const p = stuckPair()
    p.run(2)
    p.command(p.bob, { verb: 'maintenance', on: true, group: '10.0.0.101' })
    p.run(28, p.once)
    expect(p.ann.group('10.0.0.101').state).toBe('stop-failed')
    expect(fences(p.bob).length).toBe(0)
    expect(p.bob.warnings).toContain('stop_failure fence does not act: the group is in maintenance')
  })

  test('hb clear ends it', () => {
    const p = stuckPair()
    for (let i = 0; i < 99; i++) p.bob.resets.push('fails')
    p.run(14)
    expect(p.bob.warnings).toContain('node ann has to be reset')
    p.ann.trouble.clear()
    p.command(p.ann, { verb: 'clear', group: null })
    p.run(10, p.once)
    expect(told(p.bob).at(-1)).toBe('ann ended')
    expect(p.bob.warnings).not.toContain('reset')
  })

  test('without a device it is as block, and both nodes say why', () => {
    const p = stuckPair({ fencing: false })
    p.run(20, p.once)
    expect([fences(p.bob).length, p.where('web')]).toEqual([0, 'ann'])
    expect(p.ann.warnings).toContain('bob is asked to reset this node')
    expect(p.bob.warnings).toContain('stop_failure fence does not act: no stonith device is configured here')
  })

  test('alone it is as block', () => {
    const p = stuckPair()
    for (let i = 0; i < 99; i++) p.bob.resets.push('fails')
    p.run(13)
    p.crash(p.bob)
    p.run(4)
    expect(p.ann.warnings).toContain('stop_failure fence does not act: there is no other live node')
  })
})
