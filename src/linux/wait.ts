/** Children that the runtime did not start itself: left by the program that was this process before. */
import { constants } from 'node:os'
import { bindLibc, type Functions } from '../runtime/ffi.ts'

const table = { waitpid: { args: ['i32', 'buffer', 'i32'], returns: 'i32' } } as const
const WNOHANG = 1
const STOPPED = 0x7f

let bound: Functions<typeof table> | undefined

export type Waited =
  | { readonly state: 'running' }
  | { readonly state: 'ended'; readonly code: number | null; readonly signal: string | null }
  /** It is no child of this process, or was waited for already. */
  | { readonly state: 'gone' }

/** How a child is now, without waiting; one that has ended is reaped. */
export function look(pid: number): Waited {
  bound ??= bindLibc(table)
  const status = new Int32Array(1)
  const result = bound.waitpid(pid, status, WNOHANG)
  if (result === 0) return { state: 'running' }
  if (result !== pid) return { state: 'gone' }
  const [word] = status as unknown as [number]
  const number = word & STOPPED
  if (number === 0) return { state: 'ended', code: (word >> 8) & 0xff, signal: null }
  return { state: 'ended', code: null, signal: nameOf(number) }
}

const nameOf = (number: number): string =>
  Object.entries(constants.signals).find(([, n]) => n === number)?.[0] ?? `signal ${number}`
