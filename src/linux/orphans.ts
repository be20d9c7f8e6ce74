/**
 * The first process of a container becomes the parent of every process that has lost its own, and the kernel keeps their
 * dead until that parent asks for them: left alone, they fill the table of processes.
 */
import type { ChildProcess } from 'node:child_process'
import { bindLibc } from '../runtime/ffi.ts'

const P_ALL = 0
const WNOHANG = 1
const WEXITED = 4
/** Looks at a dead child and leaves it as it is. */
const WNOWAIT = 0x0100_0000
/** siginfo_t has 128 bytes; si_pid is its fifth number. */
const SIGINFO_INTS = 32
const SI_PID = 4
const AT_ONCE_MAX = 1000

/** Children whose end the runtime waits for; whoever takes it first leaves the other without an answer. */
const awaited = new Set<number>()

const open = () =>
  bindLibc({
    waitid: { args: ['i32', 'u32', 'buffer', 'i32'], returns: 'i32' },
    waitpid: { args: ['i32', 'buffer', 'i32'], returns: 'i32' },
  })
let bound: ReturnType<typeof open> | undefined

/** To be called for each child at once, before anything else can run: it is left to the runtime until that has told its end. */
export function awaitChild(child: ChildProcess): void {
  if (child.pid !== undefined) child.once('exit', awaitPid(child.pid))
}

/** The same for one that somebody else waits for; to be called back when its end has been told. */
export function awaitPid(pid: number): () => void {
  awaited.add(pid)
  return () => void awaited.delete(pid)
}

/**
 * Takes in the dead that came from elsewhere, and returns how many. Where this is not the first process it has none.
 * One of the runtime's own children that has just died stops it; the next call goes on.
 */
export function buryOrphans(first = process.pid === 1): number {
  if (!first) return 0
  bound ??= open()
  for (let count = 0; count < AT_ONCE_MAX; count++) {
    const info = new Int32Array(SIGINFO_INTS)
    if (bound.waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) !== 0) return count
    const pid = info[SI_PID]!
    if (pid === 0 || awaited.has(pid)) return count
    bound.waitpid(pid, null, WNOHANG)
  }
  return AT_ONCE_MAX
}
