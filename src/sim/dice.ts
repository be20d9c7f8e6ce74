/** The simulator's own dice (xorshift128), apart from the core's, so that neither hides a fault of the other. */
export class Dice {
  private readonly state: Uint32Array

  constructor(seed: number) {
    this.state = new Uint32Array([seed >>> 0, 0x9e3779b9, 0x243f6a88, (seed ^ 0xb7e15162) >>> 0])
    for (let i = 0; i < 20; i++) this.next()
  }

  private next(): number {
    const s = this.state
    let t = s[3]!
    t ^= t << 11
    t ^= t >>> 8
    s[3] = s[2]!
    s[2] = s[1]!
    s[1] = s[0]!
    s[0] = t ^ s[0]! ^ (s[0]! >>> 19)
    return s[0]!
  }

  /** From 0 up to, not including, 1. */
  unit(): number {
    return this.next() / 4294967296
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1))
  }

  chance(percent: number): boolean {
    return this.unit() * 100 < percent
  }

  pick<T>(from: readonly T[]): T {
    return from[this.between(0, from.length - 1)]!
  }
}
