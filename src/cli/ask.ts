/** What the verbs that speak with the daemon share: the way to it, the time limit, and the exit code of what went wrong. */
import { callControl } from '../control/client.ts'
import { socketPath } from '../control/path.ts'
import { ControlError, type ControlProblem, type ControlReply, type ControlRequest } from '../control/protocol.ts'
import type { Args } from './args.ts'
import { durationMs } from './duration.ts'
import { Exit, type ExitCode } from './exit.ts'
import type { Io } from './io.ts'

const COMMAND_MS = 180_000
/** A state is there at once, or the daemon does not turn. */
const STATUS_MS = 10_000

const exitOf: Readonly<Record<ControlProblem, ExitCode>> = {
  'not-running': Exit.notRunning,
  'not-permitted': Exit.notPermitted,
  'timed-out': Exit.timedOut,
  broken: Exit.failed,
  busy: Exit.failed,
}

/** The daemon's reply, or the exit code after the reason has been printed. */
export async function ask(request: ControlRequest, args: Args, io: Io): Promise<ControlReply | ExitCode> {
  const timeout = args.value('timeout')
  const usual = request.verb === 'status' ? STATUS_MS : COMMAND_MS
  const timeoutMs = timeout === undefined ? usual : durationMs('timeout', timeout)
  try {
    return await callControl(socketPath(args.value('socket'), io.env), request, timeoutMs)
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    io.err(`hb: ${error.message}${remedy(error.problem, request)}\n`)
    return exitOf[error.problem]
  }
}

/** Asks and prints how it ended, one sentence: on standard output when done, on standard error when not. */
export async function command(request: ControlRequest, args: Args, io: Io): Promise<ExitCode> {
  const reply = await ask(request, args, io)
  if (typeof reply === 'number') return reply
  const text = reply.text || (reply.ok ? `${request.verb}: done` : `${request.verb}: refused, without a reason`)
  if (reply.ok) io.out(`${text}\n`)
  else io.err(`hb: ${text}\n`)
  return reply.ok ? Exit.fine : Exit.failed
}

function remedy(problem: ControlProblem, { verb }: ControlRequest): string {
  if (problem === 'not-running') return "; start it with 'hb run', or name its socket with --socket"
  if (problem === 'timed-out' && verb === 'status') return '; the daemon hangs or is paused: its log may say why'
  if (problem === 'timed-out') return "; the daemon may still finish it: see 'hb status'"
  return ''
}
