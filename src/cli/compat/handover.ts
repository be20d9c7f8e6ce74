/**
 * hb_standby and hb_takeover: heartbeat's words and usage. Of an hb they wait for the end, and their exit code tells it; a
 * heartbeat gets the message of its own scripts, and tells nothing.
 */
import type { StandbySet } from '../../io.ts'
import { readArgs } from '../args.ts'
import { command } from '../ask.ts'
import { Exit } from '../exit.ts'
import type { Io } from '../io.ts'
import { FIFO, tell } from './tell.ts'

const WORDS = ['all', 'foreign', 'local', 'failback']

/** called: the tool as it was called, which its usage repeats; argv without it. */
export async function handover(
  verb: 'standby' | 'takeover',
  called: string,
  argv: readonly string[],
  io: Io,
  fifo = FIFO,
): Promise<number> {
  const [word = 'all', ...more] = argv
  if (more.length > 0) return usage(called, io, `${called}: too many arguments\n`)
  if (word === '--help') return usage(called, io, '')
  if (!WORDS.includes(word)) return usage(called, io, `${called}: wrong resources(${word}).\n`)
  const failback: StandbySet = verb === 'standby' ? 'foreign' : 'local'
  const set = word === 'failback' ? failback : (word as StandbySet)
  let complaint = ''
  const patient: Io = {
    ...io,
    err(text) {
      complaint += text
    },
  }
  const code = await command({ verb, set }, readArgs(verb, []), patient)
  if (code === Exit.notRunning) {
    const told = tellHeartbeat(verb, set, io, fifo)
    if (told !== null) return told
  }
  io.err(complaint)
  return code
}

/** Null where no daemon reads the FIFO either. */
function tellHeartbeat(verb: 'standby' | 'takeover', set: StandbySet, io: Io, fifo: string): number | null {
  const tool = `hb_${verb}`
  const fields =
    verb === 'standby' ? ['t=ask_resources', `rsc_hold=${set}`, 'info=me'] : [`t=${tool}`, `rsc_hold=${set}`]
  const untold = tell(fifo, fields)
  if (untold?.exit === Exit.notRunning) return null
  const how = "heartbeat is told, which does not say how it ends: see 'cl_status rscstatus'"
  io.err(untold === null ? `${tool}: ${how}\n` : `${tool}: ${fifo}: ${untold.why}\n`)
  return untold?.exit ?? Exit.fine
}

function usage(called: string, io: Io, why: string): number {
  io.out(`${why}usage:\n`)
  io.err(`${called} [${WORDS.join('|')}]\n`)
  return 1
}
