/** hb status [--json] */
import { STATUS_VERSION, type StatusDocument } from '../http/status.ts'
import { readArgs } from './args.ts'
import { ask } from './ask.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'
import { statusText } from './status-text.ts'

/** Prints the state of the running daemon, for people or as JSON. */
export async function status(argv: string[], io: Io): Promise<number> {
  const args = readArgs('status', argv)
  const reply = await ask({ verb: 'status' }, args, io)
  if (typeof reply === 'number') return reply
  if (!reply.ok) {
    io.err(`hb: ${reply.text}\n`)
    return Exit.failed
  }
  if (args.has('json')) {
    io.out(`${JSON.stringify(reply.data, null, 2)}\n`)
    return Exit.fine
  }
  const version = (reply.data as { version?: unknown } | null | undefined)?.version
  if (version !== STATUS_VERSION) {
    io.err(`hb: the daemon's status has version ${version}, this hb reads ${STATUS_VERSION}: use --json\n`)
    return Exit.failed
  }
  io.out(statusText(reply.data as StatusDocument))
  return Exit.fine
}
