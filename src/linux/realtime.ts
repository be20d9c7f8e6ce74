/** Realtime priority and memory locking: what keeps a beat on time on a loaded host. */
import { readdirSync, readFileSync } from 'node:fs'
import { bindLibc } from '../runtime/ffi.ts'
import { errno, libc, reasonOf, SystemError } from './libc.ts'

const SCHED_OTHER = 0
const SCHED_RR = 2
const RESET_ON_FORK = 0x40000000
const MLOCK_ONFAULT = 1

/** done: it holds from now on; text: one line that says what was done, or why it was not and what to do. */
export interface RealtimeResult {
  readonly done: boolean
  readonly text: string
}

/**
 * Round-robin realtime scheduling at that priority (null: the lowest, heartbeat's default), for every thread of this
 * process. Children start as ordinary processes, so that no resource script runs ahead of the system; so do threads
 * that the engine adds later, which is why this is to be called again now and then.
 *
 * All threads, because the engine's main thread spins while a helper holds a lock: a helper without realtime priority
 * would not get the processor to release it until the kernel throttles realtime, about a second later.
 */
export function becomeRealtime(rtprio: number | null): RealtimeResult {
  try {
    const lowest = libc().sched_get_priority_min(SCHED_RR)
    const highest = libc().sched_get_priority_max(SCHED_RR)
    const priority = Math.min(highest, Math.max(lowest, rtprio ?? lowest))
    const parameter = new Int32Array([priority])
    if (libc().sched_setscheduler(0, SCHED_RR | RESET_ON_FORK, parameter) === 0) {
      for (const tid of helpers()) libc().sched_setscheduler(tid, SCHED_RR | RESET_ON_FORK, parameter)
      return { done: true, text: `realtime priority ${priority}` }
    }
    const error = new SystemError('sched_setscheduler', errno())
    const remedy = error.code === 'EPERM' ? '; it needs CAP_SYS_NICE, and a realtime budget in its cgroup' : ''
    return { done: false, text: `no realtime priority: ${error.message}${remedy}` }
  } catch (error) {
    return { done: false, text: `no realtime priority: ${reasonOf(error)}` }
  }
}

/** The way back, for a running daemon: every thread becomes an ordinary one, and nothing stays locked in memory. */
export function becomeOrdinary(): RealtimeResult {
  try {
    const libcalls = bindLibc({ munlockall: { args: [], returns: 'i32' } } as const)
    const parameter = new Int32Array([0])
    for (const tid of helpers()) libc().sched_setscheduler(tid, SCHED_OTHER | RESET_ON_FORK, parameter)
    if (libc().sched_setscheduler(0, SCHED_OTHER | RESET_ON_FORK, parameter) === 0) {
      libcalls.munlockall()
      return { done: true, text: 'realtime off: no realtime priority, memory not locked' }
    }
    return { done: false, text: `realtime stays on: ${new SystemError('sched_setscheduler', errno()).message}` }
  } catch (error) {
    return { done: false, text: `realtime stays on: ${reasonOf(error)}` }
  }
}

/** The engine's other threads; one that has ended meanwhile does no harm. */
function helpers(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number)
  } catch {
    return []
  }
}

/**
 * Locks the program and its libraries, each page once it was used, so that no step of a takeover waits for a disk.
 *
 * Not the heap (mlockall): memory that is locked cannot be given back, so that every attempt to do so fails and is made
 * again; 24 MB grew to 40 MB in two minutes that way, and the attempts took half of all processor time. Its pages are
 * used many times a second; a host that swaps all the same can keep them with MemorySwapMax=0 in the service's cgroup.
 * Never without MLOCK_ONFAULT, which would read the whole file. Kernels before 4.4 have no such call.
 */
export function lockMemory(maps = '/proc/self/maps'): RealtimeResult {
  try {
    const { mlock2 } = bindLibc({ mlock2: { args: ['u64', 'u64', 'i32'], returns: 'i32' } } as const)
    for (const [from, to] of programParts(readFileSync(maps, 'latin1'))) {
      if (mlock2(from, to - from, MLOCK_ONFAULT) === 0) continue
      const error = new SystemError('mlock2', errno())
      return { done: false, text: `memory not locked: ${error.message}${REASONS[error.code] ?? ''}` }
    }
    return { done: true, text: 'memory locked: the program and its libraries' }
  } catch (error) {
    return { done: false, text: `memory not locked: ${reasonOf(error)}` }
  }
}

const PARTS_MAX = 1024

/** Where files lie in memory, as [from, to): what is mapped from a path, out of the text of /proc/PID/maps. */
export function programParts(maps: string): [bigint, bigint][] {
  const lines = [...maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ [0-9]+ +\//gm)]
  return lines.slice(0, PARTS_MAX).map(([, from, to]) => [BigInt(`0x${from}`), BigInt(`0x${to}`)])
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSYS: '; kernels before 4.4 cannot lock memory as it is used',
  // What the C library makes of ENOSYS, since it has no other way to do as told.
  EINVAL: '; kernels before 4.4 cannot lock memory as it is used',
  EPERM: '; it needs CAP_IPC_LOCK',
  ENOMEM: '; the limit on locked memory (ulimit -l) is too low, or CAP_IPC_LOCK is missing',
}
