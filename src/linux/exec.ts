/** Makes this process another program. */
import { addressOf, bindLibc } from '../runtime/ffi.ts'

const bytes = new TextEncoder()

/** The array of pointers to C strings, with its closing null, that execve expects; keep is what it points into. */
function vector(texts: readonly string[]): { readonly pointers: Uint8Array; readonly keep: readonly Uint8Array[] } {
  const keep = texts.map((t) => bytes.encode(`${t}\0`))
  const pointers = new BigUint64Array(keep.length + 1)
  for (const [i, text] of keep.entries()) pointers[i] = addressOf(text)
  return { pointers: new Uint8Array(pointers.buffer), keep }
}

/** Returns only when it failed. Descriptors that are closed on exec go; the process, its priority and its children stay. */
export function become(path: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): void {
  const libc = bindLibc({ execve: { args: ['buffer', 'buffer', 'buffer'], returns: 'i32' } })
  const argv = vector(args)
  const envp = vector(Object.entries(env).flatMap(([k, v]) => (v === undefined ? [] : [`${k}=${v}`])))
  libc.execve(bytes.encode(`${path}\0`), argv.pointers, envp.pointers)
  // They must outlive the call.
  void [argv.keep.length, envp.keep.length]
}
