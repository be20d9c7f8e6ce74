import { bindLibc } from '../runtime/ffi.ts'

const CLOCK_MONOTONIC = 1
let clock: { clock_gettime: (id: number, time: BigInt64Array) => number } | null = null

/** The kernel's monotonic clock in microseconds: the service manager compares it with its own. */
export function monotonicUs(): bigint {
  clock ??= bindLibc({ clock_gettime: { args: ['i32', 'buffer'], returns: 'i32' } })
  const time = new BigInt64Array(2)
  clock.clock_gettime(CLOCK_MONOTONIC, time)
  return time[0]! * 1_000_000n + time[1]! / 1000n
}
