/** Named deadlines. The core never waits: it tells when it wants to be called next. */
export class Timers {
  private readonly deadlines = new Map<string, number>()

  get size(): number {
    return this.deadlines.size
  }

  /** Sets or moves the deadline of that name. */
  arm(name: string, atMs: number): void {
    this.deadlines.set(name, atMs)
  }

  disarm(name: string): void {
    this.deadlines.delete(name)
  }

  at(name: string): number | undefined {
    return this.deadlines.get(name)
  }

  /** The earliest deadline, or null when there is none. */
  next(): number | null {
    let earliest: number | null = null
    for (const at of this.deadlines.values()) if (earliest === null || at < earliest) earliest = at
    return earliest
  }

  /** Takes out and returns the name of the earliest deadline that has come, or null. Ties go by name. */
  takeDue(nowMs: number): string | null {
    let name: string | null = null
    let at = Number.POSITIVE_INFINITY
    for (const [n, t] of this.deadlines) {
      if (t > nowMs) continue
      if (t < at || (t === at && name !== null && n < name)) {
        name = n
        at = t
      }
    }
    if (name !== null) this.deadlines.delete(name)
    return name
  }
}
