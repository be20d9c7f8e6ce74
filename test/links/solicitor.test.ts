import { describe, expect, test } from 'bun:test'
import { Silence } from '../../src/links/solicitor.ts'

/** The numbers of the datagrams with which a peer is asked. */
const asked = (silence: Silence, sends: number): number[] =>
  Array.from({ length: sends }, (_, i) => i + 1).filter(() => silence.sent())

describe('a ucast peer', () => {
  test('that was never heard is not asked', () => {
    expect(asked(new Silence(), 200)).toEqual([])
  })

  test('that is heard is not asked', () => {
    const silence = new Silence()
    for (let i = 0; i < 100; i++) {
      silence.heard()
      expect(asked(silence, 2)).toEqual([])
    }
  })

  test('that falls silent is asked with the third datagram and each that follows, until it counts as dead', () => {
    const silence = new Silence()
    silence.heard()
    expect(asked(silence, 200)).toEqual(Array.from({ length: 47 }, (_, i) => i + 3))
  })

  test('that is heard again is asked with every fifth for a while', () => {
    const silence = new Silence()
    silence.heard()
    asked(silence, 3)
    const after: number[] = []
    for (let i = 1; i <= 120; i++) {
      silence.heard()
      if (silence.sent()) after.push(i)
    }
    expect(after).toEqual(Array.from({ length: 19 }, (_, i) => 5 * (i + 1)))
  })
})
