const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 64_000
const FORGET_MS = 300_000
const ADDRESSES_MAX = 1000

/**
 * How often a claim of somebody else to an address is answered with an announcement: two holders that answer each
 * other at once would flood the segment, so each answer doubles the pause before the next one.
 */
export class Conflicts {
  private readonly answered = new Map<string, { atMs: number; pauseMs: number }>()

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
