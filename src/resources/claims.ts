import type { Claim, StandbySet } from '../io.ts'

/** What a node says it holds: its own groups (local), the others' (foreign). */
export interface Bits {
  local: boolean
  foreign: boolean
}

export const NOTHING: Readonly<Bits> = { local: false, foreign: false }

export function claimWord(bits: Readonly<Bits>): Claim {
  if (bits.local) return bits.foreign ? 'all' : 'local'
  return bits.foreign ? 'foreign' : 'none'
}

/** Null for an unknown word. */
export function claimBits(word: string): Bits | null {
  if (word === 'none') return { local: false, foreign: false }
  const set = standbySet(word)
  return set === null ? null : setBits(set)
}

export function setBits(set: StandbySet): Bits {
  return { local: set !== 'foreign', foreign: set !== 'local' }
}

/** Null for an unknown word; failback is another name of foreign. */
export function standbySet(word: string): StandbySet | null {
  if (word === 'failback') return 'foreign'
  return word === 'all' || word === 'local' || word === 'foreign' ? word : null
}

/** The same set from the other node's point of view. */
export function mirror(set: StandbySet): StandbySet {
  if (set === 'all') return 'all'
  return set === 'local' ? 'foreign' : 'local'
}

export function mirrorBits(bits: Readonly<Bits>): Bits {
  return { local: bits.foreign, foreign: bits.local }
}
