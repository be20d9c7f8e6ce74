import { describe, expect, test } from 'bun:test'
import { Conflicts } from '../../src/resources/conflicts.ts'

describe('who claimed an address', () => {
  test('last, and not long ago', () => {
    const conflicts = new Conflicts()
    expect(conflicts.claimant('10.0.0.1', 0)).toBeNull()
    conflicts.heard('10.0.0.1', '02:00:00:00:00:02', 1000)
    conflicts.heard('10.0.0.1', '02:00:00:00:00:03', 2000)
    expect(conflicts.claimant('10.0.0.1', 31_999)).toBe('02:00:00:00:00:03')
    expect(conflicts.claimant('10.0.0.1', 32_000)).toBeNull()
    expect(conflicts.claimant('10.0.0.2', 2000)).toBeNull()
  })
})

describe('answers to conflicts', () => {
  test('the first at once, then with pauses that double, a minute at most', () => {
    const conflicts = new Conflicts()
    const answered: number[] = []
    for (let ms = 0; ms < 300_000; ms += 100) if (conflicts.worthAnAnswer('10.0.0.1', ms)) answered.push(ms / 1000)
    expect(answered).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 191, 255])
  })

  test('each address for itself', () => {
    const conflicts = new Conflicts()
    expect(conflicts.worthAnAnswer('10.0.0.1', 0)).toBeTrue()
    expect(conflicts.worthAnAnswer('10.0.0.2', 1)).toBeTrue()
    expect(conflicts.worthAnAnswer('10.0.0.1', 2)).toBeFalse()
  })

  test('after five quiet minutes it begins anew', () => {
    const conflicts = new Conflicts()
    for (const ms of [0, 1000, 3000]) conflicts.worthAnAnswer('10.0.0.1', ms)
    expect(conflicts.worthAnAnswer('10.0.0.1', 400_000)).toBeTrue()
    expect(conflicts.worthAnAnswer('10.0.0.1', 401_000)).toBeTrue()
  })
})
