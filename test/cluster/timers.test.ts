import { describe, expect, test } from 'bun:test'
import { Timers } from '../../src/cluster/timers.ts'

describe('timers', () => {
  test('the earliest is next', () => {
    const timers = new Timers()
    expect(timers.next()).toBeNull()
    timers.arm('late', 20)
    timers.arm('early', 10)
    expect(timers.next()).toBe(10)
  })

  test('due ones are taken once, earliest first, ties by name', () => {
    const timers = new Timers()
    timers.arm('b', 10)
    timers.arm('a', 10)
    timers.arm('c', 5)
    timers.arm('d', 11)
    expect([timers.takeDue(10), timers.takeDue(10), timers.takeDue(10), timers.takeDue(10)]).toEqual([
      'c',
      'a',
      'b',
      null,
    ])
    expect(timers.at('d')).toBe(11)
  })

  test('arming again moves, disarming removes', () => {
    const timers = new Timers()
    timers.arm('x', 10)
    timers.arm('x', 30)
    expect(timers.takeDue(20)).toBeNull()
    timers.disarm('x')
    expect(timers.next()).toBeNull()
    expect(timers.size).toBe(0)
  })
})
