/** hb_standby and hb_takeover: heartbeat's words and usage, but they wait, and their exit code tells how it ended. */
import type { StandbySet } from '../../io.ts'
import { readArgs } from '../args.ts'
import { command } from '../ask.ts'
import type { Io } from '../io.ts'

const WORDS = ['all', 'foreign', 'local', 'failback']

/** called: the tool as it was called, which its usage repeats; argv without it. */
export async function handover(
  verb: 'standby' | 'takeover',
  called: string,
  argv: readonly string[],
  io: Io,
): Promise<number> {
  const [word = 'all', ...more] = argv
  if (more.length > 0) return usage(called, io, `${called}: too many arguments\n`)
  if (word === '--help') return usage(called, io, '')
  if (!WORDS.includes(word)) return usage(called, io, `${called}: wrong resources(${word}).\n`)
  const failback: StandbySet = verb === 'standby' ? 'foreign' : 'local'
  const set = word === 'failback' ? failback : (word as StandbySet)
  return command({ verb, set }, readArgs(verb, []), io)
}

function usage(called: string, io: Io, why: string): number {
  io.out(`${why}usage:\n`)
  io.err(`${called} [${WORDS.join('|')}]\n`)
  return 1
}
