import { describe, expect, test } from 'bun:test'
import { Conflicts } from '../../src/resources/conflicts.ts'

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
