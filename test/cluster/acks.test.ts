import { describe, expect, test } from 'bun:test'
import { acknowledgeable } from '../../src/cluster/acks.ts'
import type { Arrival } from '../../src/cluster/order.ts'
import { Peer } from '../../src/cluster/peer.ts'

function peer(residue: number, ...heard: number[]): Peer {
  const p = new Peer('bob', 'normal', 1000, residue, 0, ['eth0'])
  for (const n of heard) p.order.arrive(n, () => 0)
  return p
}

const range = (low: number, high: number) => Array.from({ length: high - low + 1 }, (_, i) => low + i)

describe('acknowledgements', () => {
  test('one in ten, at the residue', () => {
    const p = peer(3)
    const acked = range(1, 30).map((n) =>
      acknowledgeable(
        p,
        p.order.arrive(n, () => 0),
      ),
    )
    expect(acked.filter((a) => a !== null)).toEqual([3, 13, 23])
  })

  test('never beyond the lowest missing number', () => {
    const p = peer(3, ...range(1, 4), ...range(6, 25))
    p.lastAcked = 3
    expect(acknowledgeable(p, 'next')).toBeNull()
    expect(p.order.arrive(5, () => 0)).toBe('late')
    expect(acknowledgeable(p, 'late')).toBe(23)
  })

  test('not for duplicates, old ones and gaps', () => {
    for (const arrival of ['duplicate', 'old', 'gap', 'given-up'] satisfies Arrival[]) {
      expect(acknowledgeable(peer(3, ...range(1, 9)), arrival)).toBeNull()
    }
  })

  test('the same number is not acknowledged twice', () => {
    const p = peer(0, ...range(1, 10))
    expect(acknowledgeable(p, 'next')).toBe(10)
    expect(acknowledgeable(p, 'next')).toBeNull()
  })
})
