/** Runs the site's notification scripts one at a time, within a time limit; never in the way of the daemon. */
import { type CommandResult, runCommand } from '../agents/command.ts'
import type { Level } from '../io.ts'
import type { Message } from '../wire/message.ts'
import { findScript, scriptVariables } from './site-scripts.ts'

const QUEUE_MAX = 100
const TIME_LIMIT_MS = 60_000

export interface NotifierOptions {
  readonly configDir: string
  /** heartbeat's environment of scripts. */
  readonly env: () => Readonly<Record<string, string>>
  /** This node's own state. */
  readonly localState: () => string
  readonly log: (level: Level, text: string) => void
  readonly timeLimitMs?: number
}

export class Notifier {
  private readonly queue: { type: string; message: Message }[] = []
  private readonly told = new Set<string>()
  private running = false
  private closed = false

  constructor(private readonly options: NotifierOptions) {}

  /** A message whose type is a script's name. Without such a script nothing happens. */
  notify(type: string, message: Message): void {
    if (this.closed || findScript(this.options.configDir, type).kind === 'none') return
    if (this.queue.length >= QUEUE_MAX) {
      return this.options.log('ERROR', `rc.d/${type} is not run: ${QUEUE_MAX} notifications wait already`)
    }
    this.queue.push({ type, message })
    if (!this.running) void this.work()
  }

  /** Whether a script runs or waits. */
  get busy(): boolean {
    return this.running
  }

  /** What waits is forgotten; what runs ends by itself. */
  close(): void {
    this.closed = true
    this.queue.length = 0
  }

  private async work(): Promise<void> {
    this.running = true
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      try {
        await this.run(next.type, next.message)
      } catch (error) {
        this.options.log('ERROR', `rc.d/${next.type}: ${error instanceof Error ? error.message : error}`)
      }
    }
    this.running = false
  }

  private async run(type: string, message: Message): Promise<void> {
    const { configDir, env, localState, log, timeLimitMs = TIME_LIMIT_MS } = this.options
    const script = findScript(configDir, type)
    if (script.kind === 'none') return
    if (script.kind === 'ours') return this.tellOnce(script)
    log('info', `Running ${configDir}/rc.d/${type.toLowerCase()} ${type}`)
    const result = await runCommand({
      path: script.path,
      args: script.args,
      env: scriptVariables(message, localState(), env()),
      timeoutMs: timeLimitMs,
      onLine: (line) => log('info', `rc.d/${type}: ${line}`),
    })
    const problem = problemOf(result, timeLimitMs)
    if (problem !== null) log('ERROR', `rc.d/${type}: ${problem}`)
  }

  private tellOnce(script: { path: string; why: string; stock: boolean }): void {
    if (this.told.has(script.path)) return
    this.told.add(script.path)
    this.options.log(script.stock ? 'info' : 'WARN', `${script.path} is not run: ${script.why}`)
  }
}

function problemOf(result: CommandResult, timeLimitMs: number): string | null {
  if (result.problem !== null) return result.problem
  if (result.timedOut) return `killed after its time limit of ${timeLimitMs / 1000} s`
  if (result.signal !== null) return `ended by ${result.signal}`
  return result.code === 0 ? null : `exit code ${result.code}`
}
