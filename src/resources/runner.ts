/**
 * Takes or gives one group, resource by resource.
 *
 *   take: left to right   [status ─running─▶ next] start ─ok─▶ next ... held
 *                                          start ─failed─▶ give the whole group ▶ failed
 *   give: right to left   stop ─ok─▶ next ... stopped
 *                         stop ─failed─▶ again after 1 s, ten times ▶ status ─not stopped─▶ stop-failed
 *
 * Between two attempts other groups have their turn (queue.ts).
 */
import type { Context } from '../cluster/context.ts'
import type { GroupState, Operation, Outcome } from '../io.ts'
import { type GroupRecord, isAddress } from './group.ts'

const STOP_RETRIES = 10
const CLEAN_AGAIN_MS = 5000
const STOP_RETRY_MS = 1000
/** The shell ends a script at its time limit; should its answer not come, the core goes on by itself. */
const ANSWER_GRACE_MS = 5000

export type Work = 'take' | 'give' | 'clean' | 'restart' | 'find'

export interface Result {
  readonly outcome: Outcome
  readonly code: number | null
  readonly detail: string
}

export class Runner {
  private at: number
  private op: Operation = 'status'
  private work: Work
  private retries = 0
  private retryMs = 0
  private failure = ''
  private jobId: number | null = null
  private begunMs = 0
  private cancelled = false

  constructor(
    private readonly ctx: Context,
    readonly group: GroupRecord,
    work: Work,
    private readonly cause: string,
    private readonly nextId: () => number,
    private readonly finished: (ok: boolean) => void,
    private readonly waits: (runner: Runner) => void,
    private from: number | null = null,
  ) {
    this.work = work
    this.at = work === 'take' || work === 'find' ? 0 : group.config.resources.length - 1
  }

  begin(): void {
    const { group } = this
    if (this.needless()) return this.finished(true)
    if (this.work === 'take') {
      group.dropped = false
      group.on.clear()
      if (group.state === 'stop-failed') return this.end('stop-failed', 'it could not be stopped before', false)
      this.setState('starting', this.cause)
    } else if (this.work === 'give') this.setState('stopping', this.cause)
    else if (this.work === 'restart') this.setState('starting', this.cause)
    this.next()
  }

  /** What was decided when the work was ordered may be past by the time its turn comes. */
  private needless(): boolean {
    const { group } = this
    if (this.work === 'take') return group.state === 'held' || !group.wanted
    if (this.work === 'restart') return group.state !== 'held'
    if (this.work === 'give') return !group.present
    return group.present || group.wanted
  }

  /** Stop after the present operation; nothing is undone. */
  cancel(): void {
    this.cancelled = true
  }

  waitsFor(id: number): boolean {
    return this.jobId === id
  }

  result(result: Result): void {
    const { ctx, group } = this
    this.jobId = null
    ctx.timers.disarm('job')
    const took = ctx.now.ms - this.begunMs
    group.last[this.at] = { op: this.op, ...result, atMs: ctx.now.ms, tookMs: took }
    if (this.cancelled) {
      group.residue = true
      group.state = 'stopped'
      return this.finished(false)
    }
    if (this.work === 'take') this.taking(result)
    else if (this.work === 'find') this.finding(result)
    else this.giving(result)
  }

  /** The time limit of the operation and its grace are over without an answer. */
  overdue(): void {
    this.result({ outcome: 'timeout', code: null, detail: 'no answer' })
  }

  /** Its turn again: stops the same resource once more, a second after it failed. */
  goOn(): void {
    this.ctx.timers.arm('retry-stop', this.retryMs)
  }

  /** For the timer 'retry-stop'. */
  retry(): void {
    this.run('stop')
  }

  private next(): void {
    if (this.work === 'restart' && this.at < (this.from ?? Number.POSITIVE_INFINITY)) this.startAnew()
    const resource = this.group.config.resources[this.at]
    if (resource === undefined) return this.complete()
    this.retries = 0
    if (this.work === 'take') this.run(isAddress(resource) ? 'start' : 'status')
    else this.run(this.work === 'clean' || this.work === 'find' ? 'status' : 'stop')
  }

  /** Stopped as far as it was to be: start it again, and look at what was left alone on the way. */
  private startAnew(): void {
    this.work = 'take'
    this.at = 0
  }

  private complete(): void {
    const { group } = this
    if (this.work === 'take') {
      group.residue = false
      return this.end('held', this.cause, true)
    }
    group.residue = false
    if (this.work === 'clean') return this.finished(true)
    if (this.failure !== '') return this.end('failed', this.failure, false)
    this.end('stopped', this.cause, true)
  }

  private taking(result: Result): void {
    const resource = this.group.config.resources[this.at]!
    if (this.op === 'status' && result.outcome !== 'running') return this.run('start')
    if (result.outcome === 'running' || result.outcome === 'ok') {
      this.group.on.add(this.at)
      this.at++
      return this.next()
    }
    this.failure = `${resource.text} could not be started: ${result.detail || result.outcome}`
    this.ctx.log('ERROR', `group ${this.group.key}: ${this.failure}; releasing the group`)
    this.ctx.count('start_failures')
    this.work = 'give'
    this.at = this.group.config.resources.length - 1
    this.next()
  }

  /** Left running by an earlier life of the daemon: held if all of it runs. */
  private finding(result: Result): void {
    const { group } = this
    if (result.outcome !== 'running') return this.finished(false)
    group.on.add(this.at)
    if (++this.at < group.config.resources.length) return this.next()
    group.wanted = true
    group.residue = false
    this.end('held', this.cause, true)
  }

  private giving(result: Result): void {
    if (this.op === 'status') return this.statusWhileGiving(result)
    if (result.outcome === 'ok' || result.outcome === 'stopped') return this.back()
    // Nothing of it can have been started: there is nothing to stop, however often that is tried.
    if (result.outcome === 'missing' && this.failure !== '') return this.back()
    const resource = this.group.config.resources[this.at]!
    this.ctx.count('stop_failures')
    this.ctx.log(
      'ERROR',
      `group ${this.group.key}: ${resource.text} could not be stopped: ${result.detail || result.outcome}`,
    )
    // The queue is not held up for what nobody wants: others may have to be taken meanwhile.
    if (this.work === 'clean') {
      this.group.cleanMs = this.ctx.now.ms + CLEAN_AGAIN_MS
      return this.finished(false)
    }
    if (this.retries++ >= STOP_RETRIES) return this.run('status')
    this.retryMs = this.ctx.now.ms + STOP_RETRY_MS
    this.waits(this)
  }

  private statusWhileGiving(result: Result): void {
    const resource = this.group.config.resources[this.at]!
    if (this.work === 'clean') {
      if (result.outcome !== 'running') return this.back()
      this.ctx.log('WARN', `${resource.text} was running here though its group is not held here: stopping it`)
      this.ctx.count('strays_stopped')
      return this.run('stop')
    }
    // Only one that is known to be stopped may be started elsewhere.
    if (result.outcome !== 'stopped') {
      const runs = result.outcome === 'running' ? 'still runs' : `may still run (its status: ${result.outcome})`
      return this.end('stop-failed', `${resource.text} ${runs} after ${STOP_RETRIES + 1} attempts to stop it`, false)
    }
    this.ctx.log('WARN', `${resource.text}: stop reports failure though nothing runs: the script is not LSB compliant`)
    this.back()
  }

  private back(): void {
    this.at--
    this.next()
  }

  private run(op: Operation): void {
    const { ctx, group } = this
    const { startTimeoutMs, stopTimeoutMs, statusTimeoutMs } = ctx.config
    const timeoutMs = { start: startTimeoutMs, stop: stopTimeoutMs, status: statusTimeoutMs }[op]
    this.op = op
    if (op === 'stop') group.on.delete(this.at)
    this.begunMs = ctx.now.ms
    this.jobId = this.nextId()
    ctx.timers.arm('job', ctx.now.ms + timeoutMs + ANSWER_GRACE_MS)
    const resource = group.config.resources[this.at]!
    ctx.emit({ kind: 'resource', job: { id: this.jobId, op, group: group.key, resource, timeoutMs } })
  }

  private end(state: GroupState, cause: string, ok: boolean): void {
    this.setState(state, cause)
    this.finished(ok)
  }

  private setState(state: GroupState, cause: string): void {
    const { ctx, group } = this
    if (group.state === state) return
    ctx.event('group', group.key, group.state, state, cause)
    group.state = state
    group.sinceMs = ctx.now.ms
    group.cause = cause
  }
}
