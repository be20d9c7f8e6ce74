/**
 * The programs of ha.cf's respawn and failfast lines: started in their order when this node is active, started again
 * when they end, stopped in the opposite order.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { killGroup } from '../agents/kill.ts'
import type { Client as Program } from '../config/types.ts'
import type { Level } from '../io.ts'
import { awaitChild } from '../linux/orphans.ts'
import type { Accounts } from './accounts.ts'

/** heartbeat's rules: a run shorter than this is followed by a pause, and after so many in a row it is given up. */
const SHORT_MS = 30_000
const PAUSE_MS = 1000
const SHORT_RUNS_MAX = 10
const NEVER_AGAIN = 100
/** heartbeat waits for an hour for a program to end. */
const STOP_MS = 10_000

export interface RespawnOptions {
  readonly env: () => Readonly<Record<string, string>>
  readonly accounts: Accounts
  readonly log: (level: Level, text: string) => void
  /** A failfast program has failed: this machine must not go on. */
  readonly reboot: (why: string) => void
  readonly pauseMs?: number
}

interface Running {
  readonly program: Program
  child: ChildProcess | null
  startedMs: number
  shortRuns: number
  timer: ReturnType<typeof setTimeout> | null
}

export class Respawn {
  private readonly all: Running[] = []
  private stopping = false

  constructor(private readonly options: RespawnOptions) {}

  start(programs: readonly Program[]): void {
    for (const program of programs) {
      const running = { program, child: null, startedMs: 0, shortRuns: 0, timer: null }
      this.all.push(running)
      this.launch(running)
    }
  }

  /** The last one first: SIGTERM, ten seconds, and then the whole group is killed. */
  async stop(): Promise<void> {
    this.stopping = true
    for (const running of this.all.toReversed()) {
      if (running.timer !== null) clearTimeout(running.timer)
      if (running.child !== null) await this.end(running.child)
    }
  }

  private async end(child: ChildProcess): Promise<void> {
    const over = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_MS)
    })
    await Promise.race([over, late])
    clearTimeout(timer)
    if (child.pid !== undefined) await killGroup(child.pid)
  }

  private launch(running: Running): void {
    const { program } = running
    const { accounts, env, log } = this.options
    const uid = accounts.uid(program.user)
    const gid = accounts.primaryGid(program.user)
    if (uid === null || gid === null) return log('ERROR', `${program.command}: there is no user ${program.user}`)
    log('info', `Starting "${program.command}" as uid ${uid}  gid ${gid}`)
    running.startedMs = performance.now()
    const child = spawn('/bin/sh', ['-c', `exec ${program.command}`], {
      cwd: '/',
      env: { ...env() },
      detached: true,
      stdio: 'ignore',
      ...(process.getuid?.() === 0 ? { uid, gid } : {}),
    })
    awaitChild(child)
    running.child = child
    let over = false
    const end = (code: number | null, how: string) => {
      if (over) return
      over = true
      running.child = null
      this.ended(running, code, how)
    }
    child.on('error', (error) => end(null, `cannot be started: ${error.message}`))
    child.on('exit', (code, signal) => end(code, signal === null ? `exit code ${code}` : `ended by ${signal}`))
  }

  private ended(running: Running, code: number | null, how: string): void {
    const { log, reboot, pauseMs = PAUSE_MS } = this.options
    const { program } = running
    if (this.stopping) return
    if (program.failfast && code !== 0) return reboot(`${program.command}: ${how}`)
    if (code === NEVER_AGAIN) return log('info', `${program.command}: exit code ${NEVER_AGAIN}: not started again`)
    const short = performance.now() - running.startedMs < SHORT_MS
    running.shortRuns = short ? running.shortRuns + 1 : 0
    if (running.shortRuns > SHORT_RUNS_MAX) {
      return log('ERROR', `${program.command}: ${how}; it does not stay up and is not started again`)
    }
    log('WARN', `${program.command}: ${how}; it is started again`)
    running.timer = setTimeout(() => this.launch(running), short ? pauseMs : 0)
  }
}
