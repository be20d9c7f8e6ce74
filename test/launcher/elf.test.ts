import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { neededLibraries, PT_INTERP, PT_LOAD, parseElf } from '../../src/launcher/elf.ts'
import { file, segment } from './files.ts'

describe('reading', () => {
  test('what was written comes back', () => {
    const segments = [
      segment({ address: 0x200000, memoryBytes: 9000 }),
      segment({ flags: 6, offset: 4096, address: 0x300000, fileBytes: 12 }),
    ]
    const read = parseElf('x', file(segments, 0x200123))
    expect(read).toMatchObject({ machine: 'x64', fixed: true, entry: 0x200123, programHeaderOffset: 64, segments })
  })

  test('this machine’s own Bun: a fixed program that asks for its loader and libraries', () => {
    const bun = parseElf('bun', readFileSync(process.execPath))
    expect(bun.fixed).toBe(process.arch === 'x64')
    expect(bun.segments.some((s) => s.type === PT_INTERP)).toBe(true)
    expect(bun.segments.filter((s) => s.type === PT_LOAD).length).toBeGreaterThan(1)
    expect(neededLibraries(bun)).toContain('libc.so.6')
  })

  test('a file without a dynamic section asks for nothing', () => {
    expect(neededLibraries(parseElf('x', file([segment({})])))).toEqual([])
  })
})

describe('what is not such a file is refused with its name and the reason', () => {
  const good = file([segment({})])
  const changed = (change: (bytes: Uint8Array) => void) => {
    const bytes = good.slice()
    change(bytes)
    return bytes
  }
  const wrong: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(), /^x is not an ELF file$/],
    ['a script', new TextEncoder().encode('#!/bin/sh\n'.repeat(20)), /^x is not an ELF file$/],
    ['32 bit', changed((b) => b.set([1], 4)), /^x is not a 64-bit little-endian ELF file$/],
    ['big-endian', changed((b) => b.set([2], 5)), /^x is not a 64-bit little-endian ELF file$/],
    ['another machine', changed((b) => b.set([243], 18)), /^x is for machine 243/],
    ['headers cut off', good.slice(0, 100), /^x is cut short$/],
    ['segment cut off', good.slice(0, 4000), /^x is cut short$/],
  ]
  for (const [name, bytes, words] of wrong) {
    test(name, () => expect(() => parseElf('x', bytes)).toThrow(words))
  }
})
