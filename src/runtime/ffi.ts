/**
 * Foreign functions, the same for Bun and Deno: symbols of the C library by name. Pointers to buffers are passed as
 * typed arrays (or null). A pointer that a function returns is read with readInt32. A call of type i64 or u64 returns
 * a bigint; its arguments may be numbers.
 */
export type CType = 'i32' | 'u32' | 'i64' | 'u64' | 'buffer' | 'pointer' | 'void'
export type Signature = { readonly args: readonly CType[]; readonly returns: CType }
// biome-ignore lint/suspicious/noExplicitAny: the shape of each function is in the table its caller wrote
export type Functions<T> = { readonly [K in keyof T]: (...args: any[]) => any }

interface DenoFfi {
  dlopen(library: string, symbols: Record<string, { parameters: string[]; result: string }>): { symbols: unknown }
  UnsafePointer: { of(bytes: Uint8Array): unknown; value(pointer: unknown): bigint }
  UnsafePointerView: new (pointer: unknown) => { getInt32(offset?: number): number }
}

const LIBRARIES = ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1', 'libc.so']

/** Binds C library functions; throws an Error naming the libraries tried when none can be loaded. */
export function bindLibc<T extends Record<string, Signature>>(table: T): Functions<T> {
  const problems: string[] = []
  for (const library of LIBRARIES) {
    try {
      return open(library, table)
    } catch (error) {
      problems.push(`${library}: ${error instanceof Error ? error.message : error}`)
    }
  }
  throw new Error(`cannot load the C library (${problems.join('; ')})`)
}

/** Where the bytes lie, for a structure that is to point at them; they must be kept alive meanwhile. */
export function addressOf(bytes: Uint8Array): bigint {
  const other = deno()
  if (other) return other.UnsafePointer.value(other.UnsafePointer.of(bytes))
  const { ptr } = require('bun:ffi') as typeof import('bun:ffi')
  return BigInt(ptr(bytes))
}

/** The 32-bit integer that a pointer returned by a bound function leads to. */
export function readInt32(pointer: unknown): number {
  const other = deno()
  if (other) return new other.UnsafePointerView(pointer).getInt32()
  const { read } = require('bun:ffi') as typeof import('bun:ffi')
  return read.i32(pointer as never)
}

const bunTypes: Record<CType, string> = {
  i32: 'i32',
  u32: 'u32',
  i64: 'i64',
  u64: 'u64',
  buffer: 'ptr',
  pointer: 'ptr',
  void: 'void',
}

function open<T extends Record<string, Signature>>(library: string, table: T): Functions<T> {
  const other = deno()
  if (other) return openWithDeno(other, library, table)
  const { dlopen } = require('bun:ffi') as typeof import('bun:ffi')
  const symbols: Record<string, { args: string[]; returns: string }> = {}
  for (const [name, s] of Object.entries(table)) {
    symbols[name] = { args: s.args.map((a) => bunTypes[a]), returns: bunTypes[s.returns] }
  }
  return dlopen(library, symbols as never).symbols as unknown as Functions<T>
}

function openWithDeno<T extends Record<string, Signature>>(other: DenoFfi, library: string, table: T): Functions<T> {
  const symbols: Record<string, { parameters: string[]; result: string }> = {}
  for (const [name, s] of Object.entries(table)) symbols[name] = { parameters: [...s.args], result: s.returns }
  return other.dlopen(library, symbols).symbols as Functions<T>
}

const deno = (): DenoFfi | undefined => (globalThis as { Deno?: DenoFfi }).Deno
