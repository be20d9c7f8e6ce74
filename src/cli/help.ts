/** hb help [COMMAND] */
import { readArgs, unknown } from './args.ts'
import { Exit } from './exit.ts'
import { overview, verbHelp } from './help-text.ts'
import type { Io } from './io.ts'
import { isVerb, verbNames } from './verbs.ts'

/** Prints the overview, or all about one verb. */
export async function help(argv: string[], io: Io): Promise<number> {
  const [word] = readArgs('help', argv).words
  if (word !== undefined && !isVerb(word)) throw unknown('command', word, verbNames)
  io.out(word === undefined ? overview() : verbHelp(word))
  return Exit.fine
}
