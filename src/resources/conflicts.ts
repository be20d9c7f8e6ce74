const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 64_000
const FORGET_MS = 300_000
const ADDRESSES_MAX = 1000
/** Whoever claimed an address is believed to have it for so long. */
const CLAIM_MS = 30_000

/**
 * How often a claim of somebody else to an address is answered with an announcement: two holders that answer each
 * other at once would flood the segment, so each answer doubles the pause before the next one.
 */
export class Conflicts {
  private readonly answered = new Map<string, { atMs: number; pauseMs: number }>()
  private readonly claims = new Map<string, { atMs: number; mac: string }>()

  /** Somebody else answers for an address that is held here. */
  heard(address: string, mac: string, nowMs: number): void {
    if (this.claims.has(address) || this.claims.size < ADDRESSES_MAX) this.claims.set(address, { atMs: nowMs, mac })
  }

  /** The hardware address that last claimed it, if that was not long ago. */
  claimant(address: string, nowMs: number): string | null {
    const claim = this.claims.get(address)
    return claim !== undefined && nowMs < claim.atMs + CLAIM_MS ? claim.mac : null
  }

  worthAnAnswer(address: string, nowMs: number): boolean {
    const last = this.answered.get(address)
    if (last !== undefined && nowMs < last.atMs + last.pauseMs) return false
    const again = last !== undefined && nowMs < last.atMs + FORGET_MS
    const pauseMs = again ? Math.min(last.pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS
    if (last === undefined && this.answered.size >= ADDRESSES_MAX) return false
    this.answered.set(address, { atMs: nowMs, pauseMs })
    return true
  }
}
