/**
 * Joins the stub, the program that Bun compiled, the dynamic loader and the libraries into one static executable. Every
 * segment is laid out as the kernel will map it, so that nothing is unpacked at start and pages stay shared with the file.
 *
 *   0x00200000  the program, where Bun linked it
 *   0x60000000  the table that stub.c reads, then the libraries as bytes
 *   0x68000000  the loader
 *   0x70000000  the stub, where the kernel starts
 */
import {
  type Elf,
  HEADER_BYTES,
  PROGRAM_HEADER_BYTES,
  PT_GNU_STACK,
  PT_LOAD,
  R,
  type Segment,
  W,
  writeHeaders,
} from './elf.ts'

export const TABLE_ADDRESS = 0x60000000
export const LOADER_ADDRESS = 0x68000000
export const STUB_ADDRESS = 0x70000000
/** What the table in stub.c has room for. */
export const LIBRARIES_MAX = 8
const TABLE_BYTES = 8 * (6 + 2 * LIBRARIES_MAX)

export interface Parts {
  readonly stub: Elf
  readonly program: Elf
  readonly loader: Elf
  /** In the order in which the loader is to take them. */
  readonly libraries: readonly Elf[]
}

/** A run of whole pages: what they hold, where they go. */
interface Block {
  readonly address: number
  readonly flags: number
  readonly bytes: Uint8Array
}

/** arm64 kernels may have pages of 64 KiB; all of x86-64 has 4 KiB. */
export function pageBytes(machine: Elf['machine']): number {
  return machine === 'arm64' ? 65536 : 4096
}

/** Returns the executable's bytes; throws an Error when the parts do not fit together. */
export function pack(parts: Parts): Uint8Array {
  checkParts(parts)
  const page = pageBytes(parts.program.machine)
  const blocks = [
    ...mapped(parts.program, 0, page),
    dataBlock(parts, page),
    ...mapped(parts.loader, LOADER_ADDRESS, page),
    ...mapped(parts.stub, 0, page),
  ]
  let offset = roundUp(HEADER_BYTES + (blocks.length + 1) * PROGRAM_HEADER_BYTES, page)
  const segments: Segment[] = []
  for (const b of blocks) {
    const { length } = b.bytes
    segments.push({ type: PT_LOAD, flags: b.flags, offset, address: b.address, fileBytes: length, memoryBytes: length })
    offset += length
  }
  /* Without this header a kernel makes the stack, and on some all data, executable. */
  segments.push({ type: PT_GNU_STACK, flags: R | W, offset: 0, address: 0, fileBytes: 0, memoryBytes: 0 })
  const file = new Uint8Array(offset)
  file.set(writeHeaders(parts.program.machine, parts.stub.entry, segments, page))
  for (const [i, b] of blocks.entries()) file.set(b.bytes, segments[i]!.offset)
  return file
}

function checkParts({ stub, program, loader, libraries }: Parts): void {
  for (const elf of [stub, loader, ...libraries]) {
    if (elf.machine !== program.machine) throw new Error(`${elf.name} is for ${elf.machine}, not ${program.machine}`)
  }
  if (!program.fixed)
    throw new Error(`${program.name} has no fixed address: this Bun is built differently from the one expected`)
  if (loader.fixed) throw new Error(`${loader.name} is not a dynamic loader: it has a fixed address`)
  if (libraries.length > LIBRARIES_MAX) throw new Error(`${libraries.length} libraries, room for ${LIBRARIES_MAX}`)
  if (end(program) > TABLE_ADDRESS) throw new Error(`${program.name} reaches the libraries' addresses`)
  if (LOADER_ADDRESS + end(loader) > STUB_ADDRESS) throw new Error(`${loader.name} reaches the stub's addresses`)
}

function end(elf: Elf): number {
  return Math.max(...loads(elf).map((s) => s.address + s.memoryBytes))
}

function loads(elf: Elf): Segment[] {
  return elf.segments.filter((s) => s.type === PT_LOAD)
}

/**
 * The segments of one file in whole pages. What a segment has beyond its file bytes is written out as zeroes up to the
 * end of the page: old kernels clear only the last segment of a file that far, and the loader allocates from there.
 */
function mapped(elf: Elf, base: number, page: number): Block[] {
  return loads(elf).map((s) => {
    const skew = s.address % page
    if (s.offset % page !== skew) throw new Error(`${elf.name}: a segment is not aligned to pages of ${page} bytes`)
    const bytes = new Uint8Array(roundUp(skew + s.memoryBytes, page))
    bytes.set(elf.bytes.subarray(s.offset - skew, s.offset + s.fileBytes))
    return { address: base + s.address - skew, flags: s.flags, bytes }
  })
}

/** The table, and each library from a page of its own on. */
function dataBlock(parts: Parts, page: number): Block {
  const { program, loader, libraries } = parts
  const places: number[] = []
  let size = roundUp(TABLE_BYTES, page)
  for (const library of libraries) {
    places.push(size)
    size += roundUp(library.bytes.length, page)
  }
  if (TABLE_ADDRESS + size > LOADER_ADDRESS) throw new Error('the libraries reach the loader’s addresses')
  const bytes = new Uint8Array(size)
  const table = [programHeaders(program), program.segments.length, program.entry]
  table.push(LOADER_ADDRESS, LOADER_ADDRESS + loader.entry, libraries.length)
  for (const [i, library] of libraries.entries()) {
    bytes.set(library.bytes, places[i]!)
    table.push(TABLE_ADDRESS + places[i]!, library.bytes.length)
  }
  const view = new DataView(bytes.buffer)
  for (const [i, value] of table.entries()) view.setBigUint64(i * 8, BigInt(value), true)
  return { address: TABLE_ADDRESS, flags: R, bytes }
}

/** Where the program's own headers lie in memory; the loader learns from them what it has to do. */
function programHeaders(program: Elf): number {
  const at = program.programHeaderOffset
  const s = loads(program).find((s) => s.offset <= at && at < s.offset + s.fileBytes)
  if (!s) throw new Error(`${program.name} does not load its own headers`)
  return s.address + at - s.offset
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to
}
