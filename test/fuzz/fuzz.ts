/**
 * Fuzzing of one reader: no exception, no input that takes long, no memory kept.
 *
 *   FUZZ_INPUTS=N     so many inputs to each reader in place of the usual number
 *   FUZZ_SECONDS=S    but no longer than this for each
 *   FUZZ_SEED=N       the same inputs again
 */
import fc from 'fast-check'

/** A long run is as long as it was told to be. */
export const LONG_MS = 3_600_000

/** No input may take longer; a pause of the collector or the machine is told apart by asking again. */
const INPUT_MS_MAX = 1
const AGAIN_MAX = 60
const WARM_UP = 3000
const BATCH = 20_000
const KEPT_BYTES_MAX = 16 * 1024 * 1024

export interface Fuzzed {
  readonly inputs: number
  readonly seconds: number
  readonly worstMs: number
  readonly keptBytes: number
}

/** Feeds a reader with inputs; throws what fast-check says of the smallest input that is not taken as it should be. */
export function fuzz<T>(
  name: string,
  input: fc.Arbitrary<T>,
  usual: number,
  read: (input: T) => void,
  msMax = INPUT_MS_MAX,
): Fuzzed {
  const wanted = Number(process.env.FUZZ_INPUTS ?? usual)
  const secondsMax = Number(process.env.FUZZ_SECONDS ?? 600)
  const firstSeed = Number(process.env.FUZZ_SEED ?? Date.now() & 0x7fffffff)
  const clock = new Stopwatch(read, msMax)
  fc.assert(fc.property(input, read), {
    numRuns: Math.min(WARM_UP, wanted),
    seed: firstSeed,
    includeErrorInReport: true,
  })
  const heapBefore = heapBytes()
  const beganMs = performance.now()
  let inputs = 0
  for (let batch = 1; inputs < wanted && performance.now() - beganMs < secondsMax * 1000; batch++) {
    const numRuns = Math.min(BATCH, wanted - inputs)
    fc.assert(fc.property(input, clock.time), { numRuns, seed: firstSeed + batch, includeErrorInReport: true })
    inputs += numRuns
  }
  const seconds = (performance.now() - beganMs) / 1000
  const keptBytes = Math.max(0, heapBytes() - heapBefore)
  const { worstMs } = clock
  const rate = Math.round(inputs / seconds)
  console.log(
    `${name}: ${inputs} inputs, ${rate} a second, the slowest ${worstMs.toFixed(2)} ms, ${kib(keptBytes)} KiB kept`,
  )
  if (keptBytes > KEPT_BYTES_MAX) throw new Error(`${name}: ${kib(keptBytes)} KiB are kept after ${inputs} inputs`)
  return { inputs, seconds, worstMs, keptBytes }
}

class Stopwatch<T> {
  worstMs = 0

  constructor(
    private readonly read: (input: T) => void,
    private readonly msMax: number,
  ) {}

  readonly time = (input: T): void => {
    let bestMs = this.once(input)
    for (let i = 0; i < AGAIN_MAX && bestMs > this.msMax; i++) bestMs = Math.min(bestMs, this.once(input))
    this.worstMs = Math.max(this.worstMs, bestMs)
    if (bestMs > this.msMax) throw new Error(`it takes ${bestMs.toFixed(2)} ms, more than ${this.msMax} ms`)
  }

  private once(input: T): number {
    const fromMs = performance.now()
    this.read(input)
    return performance.now() - fromMs
  }
}

function heapBytes(): number {
  Bun.gc(true)
  return process.memoryUsage().heapUsed
}

const kib = (bytes: number) => Math.round(bytes / 1024)
