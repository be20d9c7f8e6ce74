/** hb standby [all|local|foreign|failback] */
import { readArgs } from './args.ts'
import { command } from './ask.ts'
import type { Io } from './io.ts'
import { chosenSet } from './sets.ts'

/** Gives groups to the other node and waits until it holds them. */
export async function standby(argv: string[], io: Io): Promise<number> {
  const args = readArgs('standby', argv)
  return command({ verb: 'standby', set: chosenSet(args, 'foreign') }, args, io)
}
