/** hb stop */
import { readArgs } from './args.ts'
import { command } from './ask.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'

/** Ends the daemon in good order and waits until it has let go of everything. */
export async function stop(argv: string[], io: Io): Promise<number> {
  const code = await command({ verb: 'stop' }, readArgs('stop', argv), io)
  return code === Exit.notRunning ? Exit.fine : code
}
