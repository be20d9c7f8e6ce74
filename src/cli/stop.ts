/** hb stop */
import { callControl } from '../control/client.ts'
import { socketPath } from '../control/path.ts'
import { ControlError } from '../control/protocol.ts'
import { type Args, readArgs } from './args.ts'
import { command } from './ask.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'

/** The daemon stays for a second after its farewell, to repeat it if it was lost. */
const ENDING_MS = 10_000
const ASK_EVERY_MS = 20

/** Ends the daemon in good order and waits until it is gone, so that another one can be started at once. */
export async function stop(argv: string[], io: Io): Promise<number> {
  const args = readArgs('stop', argv)
  const code = await command({ verb: 'stop' }, args, io)
  if (code === Exit.notRunning) return Exit.fine
  if (code !== Exit.fine || (await gone(args, io))) return code
  io.err(`hb: the daemon has not ended within ${ENDING_MS / 1000} s; see 'hb status' and the log\n`)
  return Exit.timedOut
}

async function gone(args: Args, io: Io): Promise<boolean> {
  const path = socketPath(args.value('socket'), io.env)
  const endMs = performance.now() + ENDING_MS
  while (performance.now() < endMs) {
    const problem = await callControl(path, { verb: 'status' }, ENDING_MS).then(
      () => null,
      (error) => (error instanceof ControlError ? error.problem : 'broken'),
    )
    if (problem === 'not-running') return true
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
  return false
}
