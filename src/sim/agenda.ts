interface Entry {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

const before = (a: Entry, b: Entry) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)

/** What is to happen when, in virtual time: a heap; equal times in the order of their entry. */
export class Agenda {
  private readonly heap: Entry[] = []
  private count = 0

  get size(): number {
    return this.heap.length
  }

  at(atMs: number, run: () => void): void {
    const { heap } = this
    heap.push({ atMs, order: this.count++, run })
    let i = heap.length - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!before(heap[i]!, heap[parent]!)) return
      this.swap(i, parent)
      i = parent
    }
  }

  nextMs(): number | null {
    return this.heap[0]?.atMs ?? null
  }

  take(): Entry | null {
    const { heap } = this
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined) return null
    if (heap.length > 0) {
      heap[0] = last
      this.sink()
    }
    return first
  }

  private sink(): void {
    const { heap } = this
    for (let i = 0; ; ) {
      let least = i
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && before(heap[child]!, heap[least]!)) least = child
      }
      if (least === i) return
      this.swap(i, least)
      i = least
    }
  }

  private swap(i: number, j: number): void {
    const { heap } = this
    const entry = heap[i]!
    heap[i] = heap[j]!
    heap[j] = entry
  }
}
