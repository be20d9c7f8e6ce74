/** Which descriptors outlive exec: none, unless they are kept for the program that comes next. */
import { closeSync } from 'node:fs'
import { bindLibc, type Functions } from '../runtime/ffi.ts'

const table = { fcntl: { args: ['i32', 'i32', 'i64'], returns: 'i32' } } as const
const F_GETFD = 1
const F_SETFD = 2
const CLOEXEC = 1

let bound: Functions<typeof table> | undefined
const fcntl = (fd: number, command: number, value: number): number => {
  bound ??= bindLibc(table)
  return bound.fcntl(fd, command, value)
}

const kept = new Set<number>()

/** Stays open when this process becomes another program. */
export function keepOverExec(fd: number): void {
  if (fcntl(fd, F_SETFD, 0) === 0) kept.add(fd)
}

/** There was no exec: nothing that was kept for it is to reach a child. */
export function keepNoLonger(): void {
  for (const fd of kept) fcntl(fd, F_SETFD, CLOEXEC)
  kept.clear()
}

/** A descriptor that the program before this one has kept: true when it is open. From now on no child gets it. */
export function adoptDescriptor(fd: number): boolean {
  return Number.isInteger(fd) && fd > 2 && fcntl(fd, F_GETFD, 0) >= 0 && fcntl(fd, F_SETFD, CLOEXEC) === 0
}

/** Closes one that was adopted and is not needed. */
export function dropDescriptor(fd: number): void {
  try {
    closeSync(fd)
  } catch {
    // It was not open: nothing is left of it either way.
  }
}
