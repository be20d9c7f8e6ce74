/** hb takeover [all|local|foreign|failback] */
import { readArgs } from './args.ts'
import { command } from './ask.ts'
import type { Io } from './io.ts'
import { chosenSet } from './sets.ts'

/** Takes groups from the other node and waits until they are held here. */
export async function takeover(argv: string[], io: Io): Promise<number> {
  const args = readArgs('takeover', argv)
  return command({ verb: 'takeover', set: chosenSet(args, 'local') }, args, io)
}
