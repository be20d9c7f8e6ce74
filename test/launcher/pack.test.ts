import { describe, expect, test } from 'bun:test'
import { type Elf, PT_GNU_STACK, PT_LOAD, parseElf, type Segment } from '../../src/launcher/elf.ts'
import {
  LIBRARIES_MAX,
  LOADER_ADDRESS,
  type Parts,
  pack,
  STUB_ADDRESS,
  TABLE_ADDRESS,
} from '../../src/launcher/pack.ts'
import { verify } from '../../src/launcher/verify.ts'
import { elf, segment, shared, stack } from './files.ts'

const text = segment({ address: 0x200000, flags: 5 })
const data = segment({ address: 0x202100, offset: 4096 + 0x100, flags: 6, fileBytes: 0x200, memoryBytes: 0x2000 })
const parts: Parts = {
  stub: elf('stub', [segment({ address: STUB_ADDRESS }), stack], STUB_ADDRESS + 16),
  program: elf('program', [text, data, stack], 0x200040),
  loader: shared('ld.so', [segment({}), segment({ ...data, address: 0x1100 })], 0x77),
  libraries: [shared('first.so', [segment({})]), shared('second.so', [segment({})])],
}

function packed(change: Partial<Parts> = {}): Elf {
  return parseElf('hb', pack({ ...parts, ...change }))
}

/** What the kernel would put into memory at an address. */
function memory(hb: Elf, address: number, length: number): Uint8Array {
  const s = hb.segments.find((s) => s.type === PT_LOAD && s.address <= address && address < s.address + s.fileBytes)!
  return hb.bytes.subarray(s.offset + address - s.address, s.offset + address - s.address + length)
}

describe('the executable', () => {
  test('is in order', () => {
    expect(verify(packed())).toEqual([])
    expect(packed().entry).toBe(STUB_ADDRESS + 16)
  })

  test('has every segment’s bytes where its file wants them', () => {
    const hb = packed()
    expect(memory(hb, 0x200000, 4096)).toEqual(parts.program.bytes.subarray(0, 4096))
    expect(memory(hb, 0x202100, 0x200)).toEqual(parts.program.bytes.subarray(0x1100, 0x1300))
    expect(memory(hb, LOADER_ADDRESS, 4096)).toEqual(parts.loader.bytes.subarray(0, 4096))
    expect(memory(hb, STUB_ADDRESS, 4096)).toEqual(parts.stub.bytes.subarray(0, 4096))
  })

  test('is zero from the end of a segment’s bytes to the end of its last page', () => {
    for (const address of [0x202300, LOADER_ADDRESS + 0x1300]) {
      const tail = memory(packed(), address, 0x2000 - 0x300 + 0x1000)
      expect(tail.length).toBe(0x2d00)
      expect(tail.every((b) => b === 0)).toBe(true)
    }
  })

  test('tells the stub where everything is', () => {
    const hb = packed()
    const table = memory(hb, TABLE_ADDRESS, 80)
    const view = new DataView(table.buffer, table.byteOffset, table.byteLength)
    const words = Array.from({ length: 10 }, (_, i) => Number(view.getBigUint64(i * 8, true)))
    expect(words.slice(0, 6)).toEqual([0x200040, 3, 0x200040, LOADER_ADDRESS, LOADER_ADDRESS + 0x77, 2])
    const [first, firstBytes, second, secondBytes] = words.slice(6) as [number, number, number, number]
    expect([first % 4096, second % 4096]).toEqual([0, 0])
    expect(memory(hb, first, firstBytes)).toEqual(parts.libraries[0]!.bytes)
    expect(memory(hb, second, secondBytes)).toEqual(parts.libraries[1]!.bytes)
  })

  test('asks for a stack that is not executable', () => {
    expect(
      packed()
        .segments.filter((s) => s.type === PT_GNU_STACK)
        .map((s) => s.flags),
    ).toEqual([6])
  })

  test('is the same for the same parts', () => {
    expect(pack(parts)).toEqual(pack(parts))
  })
})

describe('parts that do not fit are refused by name', () => {
  const arm = { ...parts.loader, name: 'ld-arm', machine: 'arm64' as const }
  const wrong: [string, Partial<Parts>, RegExp][] = [
    ['another machine', { loader: arm }, /^ld-arm is for arm64, not x64$/],
    ['a program without address', { program: shared('prog', [text]) }, /^prog has no fixed address/],
    ['a loader with an address', { loader: elf('ld', [segment({})]) }, /^ld is not a dynamic loader/],
    ['too many libraries', { libraries: Array(LIBRARIES_MAX + 1).fill(parts.stub) }, /^9 libraries, room for 8$/],
    ['a huge program', { program: elf('prog', [far(TABLE_ADDRESS)]) }, /^prog reaches the libraries/],
    ['a huge loader', { loader: shared('ld', [far(STUB_ADDRESS - LOADER_ADDRESS)]) }, /^ld reaches the stub/],
    [
      'a crooked segment',
      { program: elf('prog', [segment({ address: 0x200010 })]) },
      /^prog: a segment is not aligned/,
    ],
    ['unloaded headers', { program: elf('prog', [segment({ offset: 4096 })]) }, /^prog does not load its own headers$/],
  ]
  for (const [name, change, words] of wrong) {
    test(name, () => expect(() => pack({ ...parts, ...change })).toThrow(words))
  }
})

function far(address: number): Segment {
  return segment({ address: address - 4096, memoryBytes: 8192 })
}
