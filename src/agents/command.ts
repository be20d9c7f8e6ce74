/** Runs a program within a time limit, in a process group of its own, which is killed as a whole. */
import { type ChildProcess, spawn } from 'node:child_process'
import { reasonOf } from '../linux/libc.ts'
import { OutputPipe } from '../linux/pipe.ts'
import { Output } from './output.ts'

export interface Command {
  readonly path: string
  readonly args: readonly string[]
  /** The whole environment; nothing else is passed on. */
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Each line of output; bounded. Lines of a service that the script left behind come here too. */
  readonly onLine?: (line: string) => void
  /** Use our own standard output and error in place of collecting what is said. */
  readonly inherit?: boolean
}

export interface CommandResult {
  /** Exit code; null when a signal ended it or it never ran. */
  readonly code: number | null
  readonly signal: string | null
  readonly timedOut: boolean
  /** Why it could not be run at all. */
  readonly problem: string | null
  /** The first 64 KiB of standard output, and the last 2 KiB of everything as one line. */
  readonly standard: string
  readonly lastWords: string
}

/** From the polite signal to the deadly one, and from that to giving up on a process that even it does not end. */
const GRACE_MS = 1000
const REAP_MS = 300
const POLL_FIRST_MS = 4
const POLL_LAST_MS = 64
const LINGER_POLL_MS = 500
const LINGERING_MAX = 64
const DRAIN_ROUNDS_MAX = 64

const buffer = new Uint8Array(65536)
const lingering = new Set<Streams>()

class Streams {
  readonly output: Output
  readonly #pipes: readonly [OutputPipe, OutputPipe]

  constructor(onLine?: (line: string) => void) {
    this.output = new Output(onLine)
    const first = new OutputPipe()
    try {
      this.#pipes = [first, new OutputPipe()]
    } catch (error) {
      first.close()
      throw error
    }
  }

  get writers(): [number, number] {
    return [this.#pipes[0].writer, this.#pipes[1].writer]
  }

  started(): void {
    for (const pipe of this.#pipes) pipe.closeWriter()
  }

  /** Reads what is there; false when no writer is left. */
  drain(): boolean {
    let open = false
    for (const [i, pipe] of this.#pipes.entries()) {
      let length = 0
      for (let n = 0; n < DRAIN_ROUNDS_MAX; n++) {
        length = pipe.read(buffer)
        if (length <= 0) break
        this.output.add(buffer.subarray(0, length), i === 0)
      }
      if (length !== 0) open = true
    }
    return open
  }

  close(): void {
    for (const pipe of this.#pipes) pipe.close()
    lingering.delete(this)
  }

  /** A service that the script started may go on writing: were nobody to read, it would block or be killed. */
  linger(): void {
    if (!this.drain()) return this.close()
    if (lingering.size >= LINGERING_MAX) [...lingering][0]?.close()
    lingering.add(this)
    const timer = setInterval(() => {
      if (lingering.has(this) && this.drain()) return
      clearInterval(timer)
      this.close()
    }, LINGER_POLL_MS)
    ;(timer as { unref?: () => void }).unref?.()
  }
}

/** Runs it and answers at the latest GRACE_MS and a moment after the time limit. Never throws. */
export async function runCommand(command: Command): Promise<CommandResult> {
  let streams: Streams | undefined
  try {
    if (!command.inherit) streams = new Streams(command.onLine)
    const child = start(command, streams)
    streams?.started()
    const ended = await finish(child, command.timeoutMs, streams)
    streams?.drain()
    streams?.output.end()
    const said = { standard: streams?.output.standard ?? '', lastWords: streams?.output.lastWords ?? '' }
    streams?.linger()
    return { ...ended, problem: null, ...said }
  } catch (error) {
    streams?.close()
    return { code: null, signal: null, timedOut: false, problem: problemOf(error), standard: '', lastWords: '' }
  }
}

function start(command: Command, streams: Streams | undefined): ChildProcess {
  const [out, err] = streams?.writers ?? ['inherit' as const, 'inherit' as const]
  const options = { cwd: '/', env: { ...command.env }, detached: true, stdio: ['ignore', out, err] as never }
  try {
    return spawn(command.path, [...command.args], options)
  } catch (error) {
    // Without a #! line a file is the shell's, as it is for every shell that runs one.
    if ((error as NodeJS.ErrnoException).code !== 'ENOEXEC') throw error
    return spawn('/bin/sh', [command.path, ...command.args], options)
  }
}

type Ended = Pick<CommandResult, 'code' | 'signal' | 'timedOut'>

function finish(child: ChildProcess, timeoutMs: number, streams: Streams | undefined): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let pollMs = POLL_FIRST_MS
    let timedOut = false
    let poll: ReturnType<typeof setTimeout> | undefined
    const listen = (): void => {
      streams?.drain()
      pollMs = Math.min(POLL_LAST_MS, 2 * pollMs)
      poll = setTimeout(listen, pollMs)
    }
    if (streams) poll = setTimeout(listen, pollMs)
    const limit = setTimeout(async () => {
      timedOut = true
      await killGroup(child.pid)
      clearTimeout(poll)
      resolve({ code: child.exitCode, signal: child.signalCode, timedOut })
    }, timeoutMs)
    const stop = (): boolean => {
      if (timedOut) return false
      clearTimeout(poll)
      clearTimeout(limit)
      return true
    }
    child.on('error', (error) => stop() && reject(error))
    child.on('exit', (code, signal) => stop() && resolve({ code, signal, timedOut }))
  })
}

/** SIGTERM to every process of the group, SIGKILL to those left after the grace. */
async function killGroup(pid: number | undefined): Promise<void> {
  if (pid === undefined) return
  const gone = async (withinMs: number): Promise<boolean> => {
    const endMs = performance.now() + withinMs
    while (performance.now() < endMs) {
      if (!signalGroup(pid, 0)) return true
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return !signalGroup(pid, 0)
  }
  if (!signalGroup(pid, 'SIGTERM') || (await gone(GRACE_MS))) return
  signalGroup(pid, 'SIGKILL')
  await gone(REAP_MS)
}

/** false when the group has no process any more. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal)
    return true
  } catch {
    return false
  }
}

function problemOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'it, its interpreter (the #! line) or /dev/null is missing'
  if (code === 'EACCES') return 'it may not be executed: check its mode and the mount options'
  return reasonOf(error)
}
