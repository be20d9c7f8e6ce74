/** This node's UUID: heartbeat's file is continued, or made; or it comes from the name, as heartbeat computes it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from './replace-file.ts'

const UUID_BYTES = 16

/** Reads <stateDir>/hb_uuid, or makes it. Throws the file system's error when neither can be done. */
export function fileUuid(stateDir: string): Uint8Array {
  const path = join(stateDir, 'hb_uuid')
  try {
    const bytes = readFileSync(path)
    if (bytes.length >= UUID_BYTES) return new Uint8Array(bytes.subarray(0, UUID_BYTES))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const uuid = crypto.getRandomValues(new Uint8Array(UUID_BYTES))
  replaceFile(path, uuid)
  return uuid
}

/** `uuidfrom nodename`: a hash of the name seeds the C library's rand, and 32 of its values give the hex digits. */
export function nodenameUuid(name: string): Uint8Array {
  let hash = 0
  for (const byte of new TextEncoder().encode(name)) hash = (Math.imul(31, hash) + byte) | 0
  const next = glibcRand(hash)
  return Uint8Array.from({ length: UUID_BYTES }, () => ((next() & 15) << 4) | (next() & 15))
}

/** glibc's rand (the additive feedback generator of degree 31), which heartbeat's UUIDs depend on. */
function glibcRand(seed: number): () => number {
  const state = [seed === 0 ? 1 : seed | 0]
  for (let i = 1; i < 31; i++) {
    const previous = state[i - 1]!
    const word = 16807 * (previous % 127773) - 2836 * Math.trunc(previous / 127773)
    state.push(word < 0 ? word + 2147483647 : word)
  }
  for (let i = 31; i < 34; i++) state.push(state[i - 31]!)
  const advance = () => {
    const n = state.length
    state.push((state[n - 3]! + state[n - 31]!) | 0)
    return state[n]! >>> 1
  }
  for (let i = 34; i < 344; i++) advance()
  return advance
}
