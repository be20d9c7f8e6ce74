/**
 * The right to serve on a socket path: a file lock beside it, held as long as the process lives. The kernel releases
 * it with the process, however that ends, so a socket whose lock is free is stale beyond doubt.
 */
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { bindLibc } from '../runtime/ffi.ts'
import { ControlError } from './protocol.ts'

const LOCK_EX = 2
const LOCK_NB = 4

export interface Lock {
  release(): void
}

/** Takes the lock of a socket path; throws a ControlError 'busy' that names the running pid when it is taken. */
export function lockSocket(socket: string): Lock {
  const file = `${socket}.lock`
  const fd = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
  if (flock().flock(fd, LOCK_EX | LOCK_NB) !== 0) {
    closeSync(fd)
    throw new ControlError('busy', `already running${holder(file)} with the control socket ${socket}`)
  }
  ftruncateSync(fd)
  writeSync(fd, `${process.pid}\n`, 0)
  return {
    release() {
      // The file stays: removing it would let two daemons lock two different files of the same name.
      ftruncateSync(fd)
      closeSync(fd)
    },
  }
}

function holder(file: string): string {
  const pid = readFileSync(file, 'latin1').trim()
  return /^[0-9]{1,10}$/.test(pid) ? ` as pid ${pid}` : ''
}

const flock = () => bindLibc({ flock: { args: ['i32', 'i32'], returns: 'i32' } })
