/** The C library functions that hb calls, and errors of the system as data. */
import { bindLibc, type Functions, readInt32 } from '../runtime/ffi.ts'

const table = {
  __errno_location: { args: [], returns: 'pointer' },
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  bind: { args: ['i32', 'buffer', 'u32'], returns: 'i32' },
  setsockopt: { args: ['i32', 'i32', 'i32', 'buffer', 'u32'], returns: 'i32' },
  sendto: { args: ['i32', 'buffer', 'u64', 'i32', 'buffer', 'u32'], returns: 'i64' },
  recvfrom: { args: ['i32', 'buffer', 'u64', 'i32', 'buffer', 'buffer'], returns: 'i64' },
  close: { args: ['i32'], returns: 'i32' },
  sched_setscheduler: { args: ['i32', 'i32', 'buffer'], returns: 'i32' },
  sched_get_priority_min: { args: ['i32'], returns: 'i32' },
  sched_get_priority_max: { args: ['i32'], returns: 'i32' },
} as const

let bound: Functions<typeof table> | undefined

/** The bound functions; the library is loaded at the first call. Throws an Error when there is none. */
export function libc(): Functions<typeof table> {
  bound ??= bindLibc(table)
  return bound
}

/** Name and meaning of the error numbers that hb meets (they are the same on x86-64 and arm64). */
const ERRORS: Readonly<Record<number, readonly [string, string]>> = {
  1: ['EPERM', 'operation not permitted'],
  2: ['ENOENT', 'no such file'],
  4: ['EINTR', 'interrupted'],
  9: ['EBADF', 'bad descriptor'],
  11: ['EAGAIN', 'nothing to read, or no room now'],
  12: ['ENOMEM', 'out of memory'],
  13: ['EACCES', 'permission denied'],
  16: ['EBUSY', 'busy'],
  17: ['EEXIST', 'exists already'],
  19: ['ENODEV', 'no such device'],
  22: ['EINVAL', 'invalid argument'],
  24: ['EMFILE', 'too many open files'],
  38: ['ENOSYS', 'this kernel has no such call'],
  90: ['EMSGSIZE', 'message too long'],
  91: ['EPROTOTYPE', 'wrong kind of socket'],
  95: ['EOPNOTSUPP', 'not supported'],
  97: ['EAFNOSUPPORT', 'address family not supported'],
  99: ['EADDRNOTAVAIL', 'no such address here'],
  100: ['ENETDOWN', 'the interface is down'],
  101: ['ENETUNREACH', 'network unreachable'],
  105: ['ENOBUFS', 'buffer full'],
  111: ['ECONNREFUSED', 'connection refused'],
}

/** A failed system call: which, and the error's number and name. The message is complete for people. */
export class SystemError extends Error {
  readonly call: string
  readonly errno: number
  /** EPERM, EEXIST, ...; E<number> where hb has no name for it. */
  readonly code: string

  constructor(call: string, number: number) {
    const [code, text] = ERRORS[number] ?? [`E${number}`, `error ${number}`]
    super(`${call}: ${text} (${code})`)
    this.call = call
    this.errno = number
    this.code = code
  }
}

/** The number of the last error; valid only right after the call that failed. */
export const errno = (): number => readInt32(libc().__errno_location())

/** The result as a number if it is not negative; otherwise throws a SystemError. */
export function must(call: string, result: number | bigint): number {
  const value = Number(result)
  if (value < 0) throw new SystemError(call, errno())
  return value
}

/** The code of a SystemError, '' for anything else. */
export const codeOf = (error: unknown): string => (error instanceof SystemError ? error.code : '')

/** The text of whatever was thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
