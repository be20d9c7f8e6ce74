/** Which groups a handover is about. */
import type { StandbySet } from '../io.ts'
import type { Args } from './args.ts'

/**
 * The word of the call, all by default. failback means "each to where it belongs": what that is depends on the
 * direction of the handover.
 */
export function chosenSet(args: Args, failback: StandbySet): StandbySet {
  const [word = 'all'] = args.words
  return word === 'failback' ? failback : (word as StandbySet)
}
