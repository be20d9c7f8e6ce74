/** ELF files made up for tests: as small as can be, as wrong as wanted. */
import { type Elf, PT_GNU_STACK, PT_LOAD, parseElf, type Segment, writeHeaders } from '../../src/launcher/elf.ts'

export function segment(part: Partial<Segment>): Segment {
  return { type: PT_LOAD, flags: 5, offset: 0, address: 0, fileBytes: 4096, memoryBytes: 4096, ...part }
}

/** A file whose byte n is n, with these segments, except for its headers. */
export function file(segments: readonly Segment[], entry = 0, sizeBytes = 16384): Uint8Array {
  const bytes = Uint8Array.from({ length: sizeBytes }, (_, i) => i & 0xff)
  bytes.set(writeHeaders('x64', entry, segments, 4096))
  return bytes
}

export function elf(name: string, segments: readonly Segment[], entry = 0): Elf {
  return parseElf(name, file(segments, entry))
}

/** The same as a library or loader: without fixed address. */
export function shared(name: string, segments: readonly Segment[], entry = 0): Elf {
  const bytes = file(segments, entry)
  bytes[16] = 3
  return parseElf(name, bytes)
}

export const stack = segment({ type: PT_GNU_STACK, flags: 6, fileBytes: 0, memoryBytes: 0 })
