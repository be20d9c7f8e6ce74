/** Just enough of ELF (64 bit, little-endian) to take an executable apart and to write another one. */

export const PT_LOAD = 1
export const PT_DYNAMIC = 2
export const PT_INTERP = 3
export const PT_PHDR = 6
export const PT_GNU_STACK = 0x6474e551
export const R = 4
export const W = 2
export const X = 1
export const HEADER_BYTES = 64
export const PROGRAM_HEADER_BYTES = 56

export type Machine = 'x64' | 'arm64'
const MACHINES: Record<number, Machine> = { 62: 'x64', 183: 'arm64' }
const EXEC = 2

/** One program header; addresses, offsets and sizes in bytes. */
export interface Segment {
  readonly type: number
  readonly flags: number
  readonly offset: number
  readonly address: number
  readonly fileBytes: number
  readonly memoryBytes: number
}

export interface Elf {
  readonly name: string
  readonly bytes: Uint8Array
  readonly machine: Machine
  /** Must lie at the addresses that it names. */
  readonly fixed: boolean
  readonly entry: number
  readonly programHeaderOffset: number
  readonly segments: readonly Segment[]
}

/** Reads an ELF file's headers; throws an Error that says what of it is not as expected. name is for messages. */
export function parseElf(name: string, bytes: Uint8Array): Elf {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER_BYTES || view.getUint32(0) !== 0x7f454c46) throw new Error(`${name} is not an ELF file`)
  if (bytes[4] !== 2 || bytes[5] !== 1) throw new Error(`${name} is not a 64-bit little-endian ELF file`)
  const machine = MACHINES[view.getUint16(18, true)]
  if (!machine) throw new Error(`${name} is for machine ${view.getUint16(18, true)}, neither x86-64 nor aarch64`)
  const programHeaderOffset = number64(view, 32)
  const count = view.getUint16(56, true)
  if (programHeaderOffset + count * PROGRAM_HEADER_BYTES > bytes.length) throw new Error(`${name} is cut short`)
  const segments = Array.from({ length: count }, (_, i) =>
    readSegment(view, programHeaderOffset + i * PROGRAM_HEADER_BYTES),
  )
  for (const s of segments) {
    if (s.type === PT_LOAD && s.offset + s.fileBytes > bytes.length) throw new Error(`${name} is cut short`)
  }
  const fixed = view.getUint16(16, true) === EXEC
  return { name, bytes, machine, fixed, entry: number64(view, 24), programHeaderOffset, segments }
}

function readSegment(view: DataView, at: number): Segment {
  return {
    type: view.getUint32(at, true),
    flags: view.getUint32(at + 4, true),
    offset: number64(view, at + 8),
    address: number64(view, at + 16),
    fileBytes: number64(view, at + 32),
    memoryBytes: number64(view, at + 40),
  }
}

/** The header of a static executable without sections, followed by its program headers. */
export function writeHeaders(
  machine: Machine,
  entry: number,
  segments: readonly Segment[],
  alignBytes: number,
): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + segments.length * PROGRAM_HEADER_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  view.setUint16(16, EXEC, true)
  view.setUint16(18, machine === 'x64' ? 62 : 183, true)
  view.setUint32(20, 1, true)
  view.setBigUint64(24, BigInt(entry), true)
  view.setBigUint64(32, BigInt(HEADER_BYTES), true)
  view.setUint16(52, HEADER_BYTES, true)
  view.setUint16(54, PROGRAM_HEADER_BYTES, true)
  view.setUint16(56, segments.length, true)
  for (const [i, s] of segments.entries()) {
    const at = HEADER_BYTES + i * PROGRAM_HEADER_BYTES
    view.setUint32(at, s.type, true)
    view.setUint32(at + 4, s.flags, true)
    const numbers = [s.offset, s.address, s.address, s.fileBytes, s.memoryBytes, s.type === PT_LOAD ? alignBytes : 16]
    for (const [k, value] of numbers.entries()) view.setBigUint64(at + 8 + k * 8, BigInt(value), true)
  }
  return bytes
}

/** The names of the libraries that a dynamically linked file asks for, in its order (DT_NEEDED). */
export function neededLibraries(elf: Elf): string[] {
  const dynamic = elf.segments.find((s) => s.type === PT_DYNAMIC)
  if (!dynamic) return []
  const view = new DataView(elf.bytes.buffer, elf.bytes.byteOffset, elf.bytes.byteLength)
  const entries: [tag: number, value: number][] = []
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.fileBytes; at += 16) {
    entries.push([number64(view, at), number64(view, at + 8)])
  }
  const strings = fileOffset(elf, entries.find(([tag]) => tag === 5)?.[1] ?? 0)
  return entries.filter(([tag]) => tag === 1).map(([, value]) => text(elf.bytes, strings + value))
}

function fileOffset(elf: Elf, address: number): number {
  const s = elf.segments.find((s) => s.type === PT_LOAD && s.address <= address && address < s.address + s.fileBytes)
  if (!s) throw new Error(`${elf.name} has nothing at address ${address.toString(16)}`)
  return address - s.address + s.offset
}

function text(bytes: Uint8Array, at: number): string {
  return new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)))
}

function number64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}
