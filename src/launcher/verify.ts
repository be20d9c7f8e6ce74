import { type Elf, PT_DYNAMIC, PT_INTERP, PT_LOAD, W, X } from './elf.ts'
import { pageBytes } from './pack.ts'

/** What is wrong with a finished executable, one sentence each; empty when the kernel alone can start it. */
export function verify(elf: Elf): string[] {
  const problems: string[] = []
  const page = pageBytes(elf.machine)
  const loads = elf.segments.filter((s) => s.type === PT_LOAD)
  if (!elf.fixed) problems.push('it has no fixed address')
  if (elf.segments.some((s) => s.type === PT_INTERP)) problems.push('it asks for an interpreter')
  if (elf.segments.some((s) => s.type === PT_DYNAMIC)) problems.push('it is dynamically linked')
  let end = 0
  for (const s of loads) {
    const where = `the segment at 0x${s.address.toString(16)}`
    if (s.offset % page || s.address % page) problems.push(`${where} does not begin on a page`)
    if (s.fileBytes !== s.memoryBytes) problems.push(`${where} needs memory that is not in the file`)
    if (s.address < end) problems.push(`${where} lies on the one before it`)
    if (s.flags & W && s.flags & X) problems.push(`${where} is both writable and executable`)
    end = s.address + s.memoryBytes
  }
  if (!loads.some((s) => s.flags & X && s.address <= elf.entry && elf.entry < s.address + s.memoryBytes)) {
    problems.push('its entry is in no executable segment')
  }
  return problems
}
