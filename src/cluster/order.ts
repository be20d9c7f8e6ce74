/**
 * The receive order of one sender: which sequence numbers were heard, which are missing, and when to ask for them
 * again. Messages are handed over as they arrive; order is not restored.
 */
const MISSING_MAX = 499
/** A larger gap is given up: the sender's history could not fill it. */
const GAP_MAX = 250

export type Arrival = 'next' | 'gap' | 'late' | 'duplicate' | 'old' | 'given-up'

export class ReceiveOrder {
  private last: number | null = null
  /** Missing number -> when to ask for it. */
  private readonly missing = new Map<number, number>()

  get highest(): number | null {
    return this.last
  }

  get missingCount(): number {
    return this.missing.size
  }

  /** Forgets everything: the next number, whatever it is, is accepted. */
  reset(): void {
    this.last = null
    this.missing.clear()
  }

  /**
   * Judges a number that has arrived and remembers it. firstAskMs gives the time of the first request for a missing one.
   */
  arrive(seq: number, firstAskMs: () => number): Arrival {
    const last = this.last
    if (last === null || seq === last + 1) {
      this.last = seq
      return 'next'
    }
    if (seq === last) return 'duplicate'
    if (seq < last) return this.missing.delete(seq) ? 'late' : 'old'
    if (seq - last - 1 > GAP_MAX) {
      this.missing.clear()
      this.last = seq
      return 'given-up'
    }
    for (let n = last + 1; n < seq; n++) {
      if (this.missing.size >= MISSING_MAX) this.missing.delete(this.lowestMissing()!)
      this.missing.set(n, firstAskMs())
    }
    this.last = seq
    return 'gap'
  }

  /** The sender can't repeat it: stop asking. */
  giveUp(seq: number): boolean {
    return this.missing.delete(seq)
  }

  /** The numbers to ask for now; each is scheduled again after againMs. */
  due(nowMs: number, againMs: number): number[] {
    const numbers: number[] = []
    for (const [seq, at] of this.missing) {
      if (at > nowMs) continue
      numbers.push(seq)
      this.missing.set(seq, nowMs + againMs)
    }
    return numbers
  }

  nextAskMs(): number | null {
    let earliest: number | null = null
    for (const at of this.missing.values()) if (earliest === null || at < earliest) earliest = at
    return earliest
  }

  lowestMissing(): number | null {
    let lowest: number | null = null
    for (const seq of this.missing.keys()) if (lowest === null || seq < lowest) lowest = seq
    return lowest
  }

  /** The highest number up to which everything has been heard, or null when nothing has. */
  get complete(): number | null {
    const lowest = this.lowestMissing()
    return lowest === null ? this.last : lowest - 1
  }
}
