/** hb clear [GROUP] */
import { readArgs } from './args.ts'
import { command } from './ask.ts'
import type { Io } from './io.ts'

/** Makes both nodes forget what went wrong with a group, or with every group. */
export async function clear(argv: string[], io: Io): Promise<number> {
  const args = readArgs('clear', argv)
  const [group = null] = args.words
  return command({ verb: 'clear', group }, args, io)
}
