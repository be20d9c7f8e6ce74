/**
 * The programs of ha.cf's respawn and failfast lines: started in their order when this node is active, started again
 * when they end, stopped in the opposite order. They outlive an exchange of hb's own executable, which leaves the
 * process, and so their parent, the same.
 */
import { killGroup } from '../agents/kill.ts'
import type { Client as Program } from '../config/types.ts'
import type { Level } from '../io.ts'
import type { Accounts } from './accounts.ts'
import { adoptChild, type Child, type End, startChild } from './child.ts'

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

/** What the program that takes this one's place has to know of each; times are monotonic ms. */
export interface ProgramState {
  readonly program: Program
  /** null: it does not run now. */
  readonly pid: number | null
  readonly startedMs: number
  readonly shortRuns: number
  /** It is not to be started again. */
  readonly over: boolean
}

interface Running {
  program: Program
  child: Child | null
  startedMs: number
  shortRuns: number
  timer: ReturnType<typeof setTimeout> | null
  over: boolean
}

const keyOf = ({ user, command }: Program) => `${user} ${command}`

export class Respawn {
  private all: Running[] = []
  /** Programs that were told to end and have not yet, by what they are. */
  private readonly leaving = new Map<string, Promise<void>>()
  private stopping = false

  /** earlier: the programs of whoever was this process before. They are looked after from now on. */
  constructor(
    private readonly options: RespawnOptions,
    earlier: readonly ProgramState[] = [],
  ) {
    for (const { pid, ...rest } of earlier) {
      const running = { ...rest, child: null, timer: null }
      this.all.push(running)
      if (pid !== null) this.watch(running, adoptChild(pid))
      else if (!rest.over) this.launchLater(running, this.options.pauseMs ?? PAUSE_MS)
    }
  }

  /** Names of those that run. */
  get commands(): string[] {
    return this.all.filter((r) => r.child !== null).map((r) => r.program.command)
  }

  /** Whether some have been told to end and are still there. */
  get ending(): boolean {
    return this.leaving.size > 0
  }

  /** These and no others are to run: new ones are started, missing ones stopped, the others not touched. */
  use(programs: readonly Program[]): void {
    const before = [...this.all]
    this.all = programs.map((program) => {
      const at = before.findIndex((r) => keyOf(r.program) === keyOf(program))
      if (at < 0) return { program, child: null, startedMs: 0, shortRuns: 0, timer: null, over: false }
      const [same] = before.splice(at, 1) as [Running]
      same.program = program
      return same
    })
    for (const gone of before.toReversed()) this.dismiss(gone)
    for (const running of this.all) {
      if (running.child === null && running.timer === null && !running.over) this.launch(running)
    }
  }

  /** The last one first: SIGTERM, ten seconds, and then the whole group is killed. */
  async stop(): Promise<void> {
    this.stopping = true
    for (const running of this.all.toReversed()) {
      if (running.timer !== null) clearTimeout(running.timer)
      if (running.child !== null) await this.end(running.child)
    }
    await Promise.all(this.leaving.values())
  }

  /** For the program that takes this one's place. */
  handOver(): ProgramState[] {
    return this.all.map(({ program, child, startedMs, shortRuns, over }) => ({
      ...{ program, startedMs, shortRuns, over },
      pid: child?.pid ?? null,
    }))
  }

  private dismiss(gone: Running): void {
    const { program, child, timer } = gone
    if (timer !== null) clearTimeout(timer)
    if (child === null) return
    this.options.log('info', `${program.command}: no longer in ha.cf: stopping it`)
    const key = keyOf(program)
    const over = Promise.all([this.leaving.get(key), this.end(child)]).then(() => {
      if (this.leaving.get(key) === over) this.leaving.delete(key)
    })
    this.leaving.set(key, over)
  }

  private async end(child: Child): Promise<void> {
    if (child.pid === undefined) return
    try {
      process.kill(child.pid, 'SIGTERM')
    } catch {
      // It has ended already.
    }
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_MS)
    })
    await Promise.race([child.ended, late])
    clearTimeout(timer)
    await killGroup(child.pid)
  }

  private launch(running: Running): void {
    running.timer = null
    if (this.stopping || !this.all.includes(running)) return
    const { program } = running
    const before = this.leaving.get(keyOf(program))
    if (before !== undefined) return void before.then(() => this.launch(running))
    const { accounts, env, log } = this.options
    const uid = accounts.uid(program.user)
    const gid = accounts.primaryGid(program.user)
    if (uid === null || gid === null) return log('ERROR', `${program.command}: there is no user ${program.user}`)
    log('info', `Starting "${program.command}" as uid ${uid}  gid ${gid}`)
    running.startedMs = performance.now()
    this.watch(running, startChild(program.command, { env: env(), uid, gid }))
  }

  private launchLater(running: Running, afterMs: number): void {
    running.timer = setTimeout(() => this.launch(running), afterMs)
  }

  private watch(running: Running, child: Child): void {
    running.child = child
    void child.ended.then((end) => {
      running.child = null
      if (!this.stopping && this.all.includes(running)) this.ended(running, end)
    })
  }

  private ended(running: Running, { code, how, unknown }: End): void {
    const { log, reboot, pauseMs = PAUSE_MS } = this.options
    const { program } = running
    if (program.failfast && code !== 0 && unknown !== true) return reboot(`${program.command}: ${how}`)
    running.over = true
    if (code === NEVER_AGAIN) return log('info', `${program.command}: exit code ${NEVER_AGAIN}: not started again`)
    const short = performance.now() - running.startedMs < SHORT_MS
    running.shortRuns = short ? running.shortRuns + 1 : 0
    if (running.shortRuns > SHORT_RUNS_MAX) {
      return log('ERROR', `${program.command}: ${how}; it does not stay up and is not started again`)
    }
    running.over = false
    log('WARN', `${program.command}: ${how}; it is started again`)
    this.launchLater(running, short ? pauseMs : 0)
  }
}
