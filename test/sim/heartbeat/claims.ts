import type { StandbySet } from '../../../src/io.ts'

/** What a heartbeat says it holds: its own groups, the other side's. */
export type Claim = { local: boolean; foreign: boolean }

export const bits = (word: string | undefined): Claim => ({
  local: word === 'local' || word === 'all',
  foreign: word === 'foreign' || word === 'all',
})
export const word = (c: Claim) => (c.local ? (c.foreign ? 'all' : 'local') : c.foreign ? 'foreign' : 'none')
export const mirrored = (set: string): StandbySet => (set === 'local' ? 'foreign' : set === 'foreign' ? 'local' : 'all')
