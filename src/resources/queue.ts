import type { Context } from '../cluster/context.ts'
import type { GroupRecord } from './group.ts'
import { type Result, Runner, type Work } from './runner.ts'

export interface Step {
  readonly work: Work
  readonly group: GroupRecord
  /** restart: the first resource that is stopped and started; null is none, all are looked at. */
  readonly from?: number | null
}

/** One that waits between two attempts. */
interface Begun {
  readonly group: GroupRecord
  readonly runner: Runner
}

interface Task {
  readonly cause: string
  readonly steps: (Step | Begun)[]
  readonly failed: GroupRecord[]
  readonly done: (failed: GroupRecord[]) => void
}

/** Everything that starts or stops groups, one at a time, in order; what cannot be stopped lets the others of its task pass. */
export class GroupQueue {
  private tasks: Task[] = []
  private runner: Runner | null = null
  private lastId = 0
  private pumping = false

  /** onIdle is called whenever there is nothing left to do. */
  constructor(
    private readonly ctx: Context,
    private readonly onIdle: () => void,
  ) {}

  get idle(): boolean {
    return this.runner === null && this.tasks.length === 0
  }

  /** Something of that group is under way, or waits for its turn. */
  concerns(group: GroupRecord): boolean {
    return this.runner?.group === group || this.tasks.some((t) => t.steps.some((step) => step.group === group))
  }

  get length(): number {
    return this.tasks.length
  }

  /** What is being worked on, for status; null when idle. */
  get current(): string | null {
    return this.tasks[0]?.cause ?? (this.runner === null ? null : 'ending an interrupted operation')
  }

  /** done is called with the groups that failed when all steps are over; never after an abort. */
  push(cause: string, steps: readonly Step[], done: (failed: GroupRecord[]) => void): void {
    this.tasks.push({ cause, steps: [...steps], failed: [], done })
    this.pump()
  }

  /** Drops what has not begun; what has begun ends after its present operation. */
  abort(): void {
    this.tasks = []
    this.runner?.cancel()
  }

  result(id: number, result: Result): void {
    if (this.runner?.waitsFor(id)) this.runner.result(result)
    else this.ctx.count('late_results')
  }

  /** For the timer 'job'. */
  overdue(): void {
    this.runner?.overdue()
  }

  /** For the timer 'retry-stop'. */
  retryStop(): void {
    this.runner?.retry()
  }

  private pump(): void {
    if (this.pumping) return
    this.pumping = true
    while (this.runner === null && this.tasks.length > 0) {
      const task = this.tasks[0]!
      const step = task.steps.shift()
      if (step === undefined) {
        this.tasks.shift()
        task.done(task.failed)
      } else if ('runner' in step) {
        this.runner = step.runner
        this.runner.goOn()
      } else this.run(task, step)
    }
    this.pumping = false
    if (this.idle) this.onIdle()
  }

  private run(task: Task, { work, group, from }: Step): void {
    const finished = (ok: boolean) => {
      this.runner = null
      if (!ok) task.failed.push(group)
      this.pump()
    }
    const waits = (runner: Runner) => {
      if (task.steps.length === 0) return runner.goOn()
      task.steps.push({ group, runner })
      this.runner = null
      this.pump()
    }
    this.runner = new Runner(this.ctx, group, work, task.cause, () => ++this.lastId, finished, waits, from ?? null)
    this.runner.begin()
  }
}
