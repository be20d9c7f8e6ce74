import type { Arrival } from './order.ts'
import type { Peer } from './peer.ts'

/**
 * The number to acknowledge to a peer after a message has arrived, or null. One in ten, at the peer's residue, and
 * never beyond the lowest missing number: a sender drops from its history what is acknowledged.
 */
export function acknowledgeable(peer: Peer, arrival: Arrival): number | null {
  if (arrival !== 'next' && arrival !== 'late') return null
  const complete = peer.order.complete
  if (complete === null) return null
  const candidate = complete - ((((complete - peer.residue) % 10) + 10) % 10)
  if (candidate <= peer.lastAcked || candidate < 1) return null
  peer.lastAcked = candidate
  return candidate
}
