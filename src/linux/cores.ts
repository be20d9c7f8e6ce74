/** Whether a crash may leave a core file, and where: ha.cf's coredumps and coreroot. */
import { statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { bindLibc } from '../runtime/ffi.ts'
import { reasonOf } from './libc.ts'

const RLIMIT_CORE = 4

/**
 * Sets the limit on core files of this process and its children (as high as it may be, or 0) and goes to the directory
 * where they are to be, DIRECTORY/USER as heartbeat has it, else DIRECTORY. Gives one line that says what was done.
 * Never throws.
 */
export function arrangeCores(wanted: boolean, directory: string): string {
  try {
    return arrange(wanted, directory)
  } catch (error) {
    return `core files are left as they are: ${reasonOf(error)}`
  }
}

function arrange(wanted: boolean, directory: string): string {
  const libc = bindLibc({
    getrlimit: { args: ['i32', 'buffer'], returns: 'i32' },
    setrlimit: { args: ['i32', 'buffer'], returns: 'i32' },
  })
  const limit = new BigUint64Array(2)
  const bytes = new Uint8Array(limit.buffer)
  libc.getrlimit(RLIMIT_CORE, bytes)
  limit[0] = wanted ? limit[1]! : 0n
  libc.setrlimit(RLIMIT_CORE, bytes)
  if (!wanted) return 'no core files'
  const place = [join(directory, userName()), directory].find(isDirectory)
  if (place === undefined) return `core files go to ${process.cwd()}: there is no directory ${directory}`
  process.chdir(place)
  return limit[1] === 0n ? 'no core files: the limit of whoever started hb forbids them' : `core files go to ${place}`
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'root'
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
