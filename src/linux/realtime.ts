/** Realtime priority and memory locking: what keeps a beat on time on a loaded host. */
import { readdirSync } from 'node:fs'
import { errno, libc, reasonOf, SystemError } from './libc.ts'

const SCHED_RR = 2
const RESET_ON_FORK = 0x40000000
const MCL_CURRENT = 1
const MCL_FUTURE = 2
const MCL_ONFAULT = 4

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

/** The engine's other threads; one that has ended meanwhile does no harm. */
function helpers(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number)
  } catch {
    return []
  }
}

/**
 * Locks pages as they are used. Never without MCL_ONFAULT: the engine reserves gigabytes of address space, and locking
 * all of that would fill the memory. Kernels before 4.4 cannot do it and answer EINVAL.
 */
export function lockMemory(): RealtimeResult {
  try {
    if (libc().mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) === 0) return { done: true, text: 'memory locked' }
    const error = new SystemError('mlockall', errno())
    const why = REASONS[error.code] ?? ''
    return { done: false, text: `memory not locked: ${error.message}${why}` }
  } catch (error) {
    return { done: false, text: `memory not locked: ${reasonOf(error)}` }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EINVAL: '; kernels before 4.4 cannot lock memory as it is used',
  EPERM: '; it needs CAP_IPC_LOCK',
  ENOMEM: '; the limit on locked memory (ulimit -l) is too low, or CAP_IPC_LOCK is missing',
}
