/**
 * Fuzzing of one reader: no exception, no input that takes long, no memory kept, none taken without bound in between.
 *
 *   FUZZ_INPUTS=N     so many inputs to each reader in place of the usual number
 *   FUZZ_SECONDS=S    but no longer than this for each
 *   FUZZ_SEED=N       the same inputs again
 */
import fc from 'fast-check'
import { pace } from '../pace.ts'

/** A long run is as long as it was told to be. */
export const LONG_MS = 3_600_000

/**
 * No input may take longer; a pause of the collector or the machine is told apart by asking again, a slow machine by
 * what it takes for work of a known size (test/pace.ts).
 */
const INPUT_MS_MAX = 1
const AGAIN_MAX = 60
/** A pause in the first attempt is not to be the figure: what seems slowest of all is asked so many times more. */
const AGAIN_MIN = 8
/** A processor that others share is slow for a while: after so many attempts it is given so much time. */
const BURST = 10
const REST_MS = 50
const WARM_UP = 3000
const BATCH = 20_000
const KEPT_BYTES_MAX = 16 * 1024 * 1024
/** Garbage of many inputs lies about until it is collected; one input that wanted more than this would stand out. */
const PEAK_BYTES_MAX = 512 * 1024 * 1024

export interface Fuzzed {
  readonly inputs: number
  readonly seconds: number
  readonly worstMs: number
  readonly keptBytes: number
  readonly peakBytes: number
}

/** Feeds a reader with inputs; throws what fast-check says of the smallest input that is not taken as it should be. */
export function fuzz<T>(
  name: string,
  input: fc.Arbitrary<T>,
  usual: number,
  read: (input: T) => void,
  msMax = INPUT_MS_MAX,
): Fuzzed {
  const run = new Run(name, usual)
  const clock = new Stopwatch(msMax)
  const timed = (value: T): void => {
    for (let attempt = 0; clock.again(attempt); attempt++) clock.time(() => read(value))
    clock.judge()
  }
  fc.assert(fc.property(input, read), run.warmUp)
  run.begin()
  for (let next = run.batch(); next !== null; next = run.batch()) fc.assert(fc.property(input, timed), next)
  return run.end(clock.worstMs)
}

/** The same for a reader that answers later. */
export async function fuzzAsync<T>(
  name: string,
  input: fc.Arbitrary<T>,
  usual: number,
  read: (input: T) => Promise<void>,
  msMax = INPUT_MS_MAX,
): Promise<Fuzzed> {
  const run = new Run(name, usual)
  const clock = new Stopwatch(msMax)
  const timed = async (value: T): Promise<void> => {
    for (let attempt = 0; clock.again(attempt); attempt++) await clock.timeAsync(() => read(value))
    clock.judge()
  }
  await fc.assert(fc.asyncProperty(input, read), run.warmUp)
  run.begin()
  for (let next = run.batch(); next !== null; next = run.batch()) await fc.assert(fc.asyncProperty(input, timed), next)
  return run.end(clock.worstMs)
}

interface Batch {
  readonly numRuns: number
  readonly seed: number
  readonly includeErrorInReport: true
}

/** How far a run is, and what it has cost. */
class Run {
  private readonly wanted: number
  private readonly secondsMax = Number(process.env.FUZZ_SECONDS ?? 600)
  private readonly seed = Number(process.env.FUZZ_SEED ?? Date.now() & 0x7fffffff)
  private batches = 0
  private inputs = 0
  private heapBefore = 0
  private residentBefore = 0
  private residentMost = 0
  private beganMs = 0

  constructor(
    private readonly name: string,
    usual: number,
  ) {
    this.wanted = Number(process.env.FUZZ_INPUTS ?? usual)
  }

  get warmUp(): Batch {
    return { numRuns: Math.min(WARM_UP, this.wanted), seed: this.seed, includeErrorInReport: true }
  }

  begin(): void {
    this.heapBefore = heapBytes()
    this.residentBefore = process.memoryUsage.rss()
    this.beganMs = performance.now()
  }

  /** The next inputs, or null when there are enough or the time is over. */
  batch(): Batch | null {
    this.residentMost = Math.max(this.residentMost, process.memoryUsage.rss())
    if (this.inputs >= this.wanted || performance.now() - this.beganMs >= this.secondsMax * 1000) return null
    const numRuns = Math.min(BATCH, this.wanted - this.inputs)
    this.inputs += numRuns
    return { numRuns, seed: this.seed + ++this.batches, includeErrorInReport: true }
  }

  end(worstMs: number): Fuzzed {
    const { name, inputs } = this
    const seconds = (performance.now() - this.beganMs) / 1000
    const keptBytes = Math.max(0, heapBytes() - this.heapBefore)
    const peakBytes = Math.max(0, this.residentMost - this.residentBefore)
    const memory = `${kib(keptBytes)} KiB kept, ${kib(peakBytes)} KiB at the most`
    const rate = Math.round(inputs / seconds)
    console.log(`${name}: ${inputs} inputs, ${rate} a second, the slowest ${worstMs.toFixed(2)} ms, ${memory}`)
    if (keptBytes > KEPT_BYTES_MAX) throw new Error(`${name}: ${kib(keptBytes)} KiB are kept after ${inputs} inputs`)
    if (peakBytes > PEAK_BYTES_MAX) throw new Error(`${name}: ${kib(peakBytes)} KiB were taken at a time`)
    return { inputs, seconds, worstMs, keptBytes, peakBytes }
  }
}

class Stopwatch {
  worstMs = 0
  private bestMs = 0
  private slow = false

  constructor(private readonly msMax: number) {}

  /** Is another attempt at the same input due? */
  again(attempt: number): boolean {
    if (attempt === 0) this.bestMs = Number.POSITIVE_INFINITY
    if (attempt === 1) this.slow = this.bestMs > this.worstMs
    if (attempt > 0 && attempt % BURST === 0 && this.bestMs > this.msMax) Bun.sleepSync(REST_MS)
    return attempt === 0 || (this.slow && (attempt <= AGAIN_MIN || (attempt <= AGAIN_MAX && this.bestMs > this.msMax)))
  }

  time(read: () => void): void {
    const fromMs = performance.now()
    read()
    this.bestMs = Math.min(this.bestMs, performance.now() - fromMs)
  }

  async timeAsync(read: () => Promise<void>): Promise<void> {
    const fromMs = performance.now()
    await read()
    this.bestMs = Math.min(this.bestMs, performance.now() - fromMs)
  }

  judge(): void {
    this.worstMs = Math.max(this.worstMs, this.bestMs)
    if (this.bestMs <= this.msMax) return
    const slowness = pace()
    if (this.bestMs <= this.msMax * slowness) return
    const here = slowness > 1 ? ` on a machine ${slowness.toFixed(1)} times as fast` : ''
    throw new Error(`it takes ${this.bestMs.toFixed(2)} ms, more than ${this.msMax} ms${here}`)
  }
}

function heapBytes(): number {
  Bun.gc(true)
  return process.memoryUsage().heapUsed
}

const kib = (bytes: number) => Math.round(bytes / 1024)
