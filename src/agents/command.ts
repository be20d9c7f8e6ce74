/** Runs a program within a time limit, in a process group of its own, which is killed as a whole. */
import type { ChildProcess } from 'node:child_process'
import { reasonOf } from '../linux/libc.ts'
import { awaitChild } from '../linux/orphans.ts'
import { killGroup } from './kill.ts'
import { Streams } from './streams.ts'

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

/** Paths of the programs that run at the moment. */
const running = new Set<{ readonly path: string }>()

/** The programs whose ends somebody waits for, by path. */
export const commandsRunning = (): string[] => [...running].map((c) => c.path)

const POLL_FIRST_MS = 4
const POLL_LAST_MS = 64

/** Runs it and answers at the latest a second of grace and a moment after the time limit. Never throws. */
export async function runCommand(command: Command): Promise<CommandResult> {
  running.add(command)
  try {
    return await carryOut(command)
  } finally {
    running.delete(command)
  }
}

async function carryOut(command: Command): Promise<CommandResult> {
  let streams: Streams | undefined
  try {
    if (!command.inherit) streams = new Streams(command.onLine)
    const child = start(command, streams)
    awaitChild(child)
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
  // Loaded by the first script: addresses need none, and the module is memory.
  const { spawn } = process.getBuiltinModule('node:child_process')
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
      if (child.pid !== undefined) await killGroup(child.pid)
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

function problemOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'it, its interpreter (the #! line) or /dev/null is missing'
  if (code === 'EACCES') return 'it may not be executed: check its mode and the mount options'
  return reasonOf(error)
}
