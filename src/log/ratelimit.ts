/**
 * A flood of the same complaint becomes one line, then a summary a minute with counts and sources, until a minute
 * passes without it. Time is passed in; nothing here runs by itself.
 */
import type { Level } from '../io.ts'

export interface LimitedLine {
  readonly level: Level
  readonly text: string
}

export interface RateLimitOptions {
  /** From one summary to the next; a minute when not given. */
  readonly intervalMs?: number
  /** Different complaints kept apart; what goes beyond is counted together. */
  readonly kindsMax?: number
  /** Sources named in a summary; what goes beyond is counted as others. */
  readonly sourcesMax?: number
}

interface Kind {
  level: Level
  windowFromMs: number
  count: number
  others: number
  readonly sources: Map<string, number>
}

const OVERFLOW = 'further complaints'

export class RateLimit {
  readonly #intervalMs: number
  readonly #kindsMax: number
  readonly #sourcesMax: number
  readonly #kinds = new Map<string, Kind>()

  constructor({ intervalMs = 60_000, kindsMax = 64, sourcesMax = 5 }: RateLimitOptions = {}) {
    this.#intervalMs = intervalMs
    this.#kindsMax = kindsMax
    this.#sourcesMax = sourcesMax
  }

  /**
   * Something of a kind ('bad signature') happened because of a source ('10.0.0.9'). Returns the line to log now, which is the one
   * given for the first of its kind and nothing for those that follow; they appear in due().
   */
  note(kind: string, source: string, line: LimitedLine, nowMs: number): LimitedLine | null {
    const known = this.#kinds.get(kind) ?? (this.#full ? this.#kinds.get(OVERFLOW) : undefined)
    if (known !== undefined) {
      this.#count(known, source)
      return null
    }
    const name = this.#full ? OVERFLOW : kind
    this.#kinds.set(name, { level: line.level, windowFromMs: nowMs, count: 0, others: 0, sources: new Map() })
    return line
  }

  /** The summaries that are due. Call it about once a second. */
  due(nowMs: number): LimitedLine[] {
    const lines: LimitedLine[] = []
    for (const [name, kind] of this.#kinds) {
      const seconds = Math.round((nowMs - kind.windowFromMs) / 1000)
      if (nowMs - kind.windowFromMs < this.#intervalMs) continue
      if (kind.count === 0) {
        this.#kinds.delete(name)
        continue
      }
      lines.push({ level: kind.level, text: `${name}: ${kind.count} more in ${seconds} s, from ${sourcesText(kind)}` })
      this.#kinds.set(name, { ...kind, windowFromMs: nowMs, count: 0, others: 0, sources: new Map() })
    }
    return lines
  }

  get #full(): boolean {
    return this.#kinds.size >= this.#kindsMax
  }

  #count(kind: Kind, source: string): void {
    kind.count++
    const before = kind.sources.get(source)
    if (before === undefined && kind.sources.size >= this.#sourcesMax) kind.others++
    else kind.sources.set(source, (before ?? 0) + 1)
  }
}

function sourcesText({ sources, others }: Kind): string {
  const named = [...sources].sort((a, b) => b[1] - a[1]).map(([source, count]) => `${source} (${count})`)
  return [...named, ...(others > 0 ? [`others (${others})`] : [])].join(', ')
}
