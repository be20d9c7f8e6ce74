import { constants } from 'node:os'
import { bindLibc } from '../runtime/ffi.ts'

const table = {
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  setsockopt: { args: ['i32', 'i32', 'i32', 'buffer', 'u32'], returns: 'i32' },
  bind: { args: ['i32', 'buffer', 'u32'], returns: 'i32' },
  recvfrom: { args: ['i32', 'buffer', 'u64', 'i32', 'buffer', 'buffer'], returns: 'i64' },
  sendto: { args: ['i32', 'buffer', 'u64', 'i32', 'buffer', 'u32'], returns: 'i64' },
  close: { args: ['i32'], returns: 'i32' },
  ioctl: { args: ['i32', 'u64', 'buffer'], returns: 'i32' },
  inet_pton: { args: ['i32', 'buffer', 'buffer'], returns: 'i32' },
  inet_ntop: { args: ['i32', 'buffer', 'buffer', 'u32'], returns: 'pointer' },
  __errno_location: { args: [], returns: 'pointer' },
  memcpy: { args: ['buffer', 'pointer', 'u64'], returns: 'pointer' },
} as const

let bound: ReturnType<typeof bindLibc<typeof table>> | undefined

/** The socket calls of the C library, bound at their first use. Throws an Error where there is no C library. */
export function libc(): NonNullable<typeof bound> {
  if (bound === undefined) bound = bindLibc(table)
  return bound
}

const codes = new Map(Object.entries(constants.errno).map(([name, number]) => [number as number, name]))
const errnoCell = new Int32Array(1)

/** The name of the last failure ('ENODEV'), to be asked right after the call that failed. */
export function errnoCode(): string {
  libc().memcpy(errnoCell, libc().__errno_location(), 4)
  return codes.get(errnoCell[0]!) ?? `errno ${errnoCell[0]}`
}

/** Text as C has it: bytes with a NUL behind them. */
export const cString = (text: string): Uint8Array => new TextEncoder().encode(`${text}\0`)
