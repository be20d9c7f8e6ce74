/**
 * Foreign functions, the same for Bun and Deno: symbols of the C library by name. Pointers to buffers are passed as
 * typed arrays. errno is read by calling errno() right after the call that failed.
 */
export type CType = 'i32' | 'u32' | 'i64' | 'u64' | 'buffer' | 'pointer' | 'void'
export type Signature = { readonly args: readonly CType[]; readonly returns: CType }
// biome-ignore lint/suspicious/noExplicitAny: the shape of each function is in the table its caller wrote
export type Functions<T> = { readonly [K in keyof T]: (...args: any[]) => any }

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
  const { dlopen } = require('bun:ffi') as typeof import('bun:ffi')
  const symbols: Record<string, { args: string[]; returns: string }> = {}
  for (const [name, s] of Object.entries(table)) {
    symbols[name] = { args: s.args.map((a) => bunTypes[a]), returns: bunTypes[s.returns] }
  }
  return dlopen(library, symbols as never).symbols as unknown as Functions<T>
}
