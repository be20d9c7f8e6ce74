/** hb maintenance on|off [GROUP] */
import { readArgs, unknown } from './args.ts'
import { command } from './ask.ts'
import type { Io } from './io.ts'

const choices = ['on', 'off']

/** Begins or ends maintenance, on both nodes. */
export async function maintenance(argv: string[], io: Io): Promise<number> {
  const args = readArgs('maintenance', argv)
  const [word = '', group = null] = args.words
  if (!choices.includes(word)) throw unknown('word', word, choices)
  return command({ verb: 'maintenance', on: word === 'on', group }, args, io)
}
