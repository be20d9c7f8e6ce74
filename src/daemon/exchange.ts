/**
 * `hb upgrade`: this process becomes another program. What it holds outlives that: addresses and services, the programs
 * that it has started, the descriptors that it keeps for its successor. Nothing is begun that would end in between.
 */
import { commandsRunning } from '../agents/command.ts'
import type { ControlReply } from '../control/protocol.ts'
import type { Handover } from '../handover.ts'
import type { Effect, Level } from '../io.ts'
import { keepNoLonger } from '../linux/descriptors.ts'
import { become } from '../linux/exec.ts'
import { removeHandover, type ShellState, writeHandover } from './handover-file.ts'
import { unfitExecutable } from './upgrade.ts'

/** Time for the answer to leave. */
const REPLY_MS = 50
/** Scripts that run are waited for, so long. */
const QUIET_WITHIN_MS = 15_000
/** No monitor is put off for longer at a time. */
const HELD_MAX_MS = 1500
const LOOK_MS = 10

export interface ExchangeOptions {
  readonly configDir: string
  readonly stateDir: string
  readonly node: string
  /** The directory that the command line of this process was written in. */
  readonly cameFrom: string
  readonly env: () => Readonly<Record<string, string>>
  readonly nowMs: () => number
  /** Why it cannot be now, or null: what may stay so for long. */
  readonly obstacle: () => string | null
  /** What is under way and ends by itself in a moment, or null. */
  readonly passing: () => string | null
  /** Why the files, as they are now, could not be taken in by this node while it runs, or null. */
  readonly unfitFiles: () => string | null
  /** Monitors are not asked, so that no script begins that nobody would hear the end of; false ends it. */
  readonly holdProbes: (on: boolean) => void
  /** How long the first of them has waited. */
  readonly heldForMs: () => number
  readonly shell: () => ShellState
  /** The core's last word. */
  readonly core: () => { readonly obstacle: string } | { readonly handover: Handover; readonly effects: Effect[] }
  readonly perform: (effect: Effect) => void
  readonly log: (level: Level, text: string) => void
}

export class Exchange {
  private busy = false
  /** Why the last one was given up after it had been promised; null when it was not. */
  givenUp: string | null = null

  constructor(private readonly options: ExchangeOptions) {}

  /** Checks the file, waits for a moment in which nothing is under way, and answers just before it is done. */
  async run(path: string): Promise<ControlReply> {
    if (this.busy) return { ok: false, text: 'nothing changed: another upgrade is under way' }
    this.busy = true
    this.givenUp = null
    const why = await this.hindrance(path)
    if (why !== null) {
      this.goOn()
      return { ok: false, text: `nothing changed: ${why}` }
    }
    const { log } = this.options
    log('info', `upgrade: this process becomes ${path}`)
    setTimeout(() => {
      const problem = this.exchange(path)
      this.goOn()
      this.givenUp = problem
      log('ERROR', `upgrade given up, nothing changed: ${problem}`)
    }, REPLY_MS)
    return { ok: true, text: `becoming ${path}` }
  }

  private goOn(): void {
    this.options.holdProbes(false)
    this.busy = false
  }

  private async hindrance(path: string): Promise<string | null> {
    const { configDir, node, env, obstacle, unfitFiles } = this.options
    const unfit = await unfitExecutable(path, configDir, node, env())
    return unfit ?? unfitFiles() ?? obstacle() ?? (await this.quiet())
  }

  /** Until no script runs and nothing else is under way; monitors are put off meanwhile. */
  private async quiet(): Promise<string | null> {
    const { holdProbes, heldForMs } = this.options
    const endMs = performance.now() + QUIET_WITHIN_MS
    for (;;) {
      if (heldForMs() > HELD_MAX_MS) holdProbes(false)
      holdProbes(true)
      const why = this.underWay()
      if (why === null || performance.now() > endMs) return why
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }

  private underWay(): string | null {
    const [path] = commandsRunning()
    const { obstacle, passing } = this.options
    return obstacle() ?? passing() ?? (path === undefined ? null : `${path} is running`)
  }

  /** Returns only if it could not be done: why. */
  private exchange(path: string): string {
    const { stateDir, cameFrom, nowMs, shell, core, perform } = this.options
    try {
      const why = this.underWay()
      if (why !== null) return why
      // The shell first: what it says in the end is a part of what the core has to tell.
      const state = shell()
      const last = core()
      if ('obstacle' in last) return last.obstacle
      for (const effect of last.effects) perform(effect)
      writeHandover(stateDir, last.handover, state, nowMs())
      process.chdir(cameFrom)
      become(path, [path, ...process.argv.slice(2)], process.env)
      return `${path} could not be executed`
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    } finally {
      removeHandover(stateDir)
      keepNoLonger()
    }
  }
}
