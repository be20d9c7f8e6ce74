/** Restarts the machine at once, without stopping anything: the last resort of failfast. */
import { bindLibc } from '../runtime/ffi.ts'

const RB_AUTOBOOT = 0x01234567
const table = {
  sync: { args: [], returns: 'void' },
  reboot: { args: ['i32'], returns: 'i32' },
} as const

/** Returns only where that is not permitted. */
export function rebootNow(): void {
  const libc = bindLibc(table)
  libc.sync()
  libc.reboot(RB_AUTOBOOT)
}
