/**
 * The scripts that a heartbeat runs as children: takegroup, givegroup, the look of req_resource at a key, and the queue
 * of its notifications.
 */
import type { Group } from '../../../src/config/types.ts'
import type { Effect, Input, Operation, Outcome } from '../../../src/io.ts'

export type Step =
  | { readonly take: Group }
  | { readonly give: Group }
  | { readonly look: Group; readonly missing: () => void }

interface Child {
  readonly steps: Step[]
  readonly done: () => void
  at: number
  op: Operation
  retries: number
  failed: boolean
}

const STOP_RETRIES = 10
const HOUR_MS = 3_600_000

export class Children {
  private readonly waiting = new Map<number, Child>()
  private readonly queue: { steps: () => Step[]; done: () => void }[] = []
  private lastId = 0

  constructor(
    private readonly emit: (effect: Effect) => void,
    private readonly startFailed: () => void,
    private readonly ended: () => void,
  ) {}

  get busy(): boolean {
    return this.waiting.size > 0
  }

  /** At once, beside whatever runs. */
  start(steps: readonly Step[], done: () => void): void {
    this.begin({ steps: [...steps], done, at: 0, op: 'status', retries: 0, failed: false })
  }

  /** When no child runs. What is to be done is asked for then. */
  notify(steps: () => Step[], done: () => void): void {
    this.queue.push({ steps, done })
    this.pump()
  }

  clear(): void {
    this.queue.length = 0
  }

  result({ id, outcome }: Extract<Input, { kind: 'result' }>): void {
    const child = this.waiting.get(id)
    this.waiting.delete(id)
    if (child === undefined) return
    const step = child.steps[0]!
    if ('take' in step) this.taking(child, step.take, outcome)
    else if ('look' in step) {
      if (outcome !== 'running') step.missing()
      child.steps.shift()
      this.begin(child)
    } else this.giving(child, step.give, outcome)
  }

  private pump(): void {
    while (!this.busy) {
      const next = this.queue.shift()
      if (next === undefined) return
      this.start(next.steps(), next.done)
    }
  }

  private begin(child: Child): void {
    const step = child.steps[0]
    if (step === undefined) {
      child.done()
      this.pump()
      this.ended()
      return
    }
    child.failed = false
    child.retries = 0
    child.at = 'give' in step ? step.give.resources.length - 1 : 0
    const group = 'give' in step ? step.give : 'take' in step ? step.take : step.look
    this.run(child, group, 'give' in step ? 'stop' : 'status')
  }

  private run(child: Child, group: Group, op: Operation): void {
    const resource = group.resources[child.at]
    if (resource === undefined) {
      child.steps.shift()
      return this.begin(child)
    }
    child.op = op
    const id = ++this.lastId
    this.waiting.set(id, child)
    this.emit({ kind: 'resource', job: { id, op, group: group.key, resource, timeoutMs: HOUR_MS } })
  }

  private taking(child: Child, group: Group, outcome: Outcome): void {
    if (child.op === 'status' && outcome !== 'running') return this.run(child, group, 'start')
    if (outcome === 'running' || outcome === 'ok') {
      child.at++
      return this.run(child, group, 'status')
    }
    this.startFailed()
    child.steps[0] = { give: group }
    this.begin(child)
  }

  private giving(child: Child, group: Group, outcome: Outcome): void {
    if (outcome !== 'ok' && outcome !== 'stopped' && child.retries++ < STOP_RETRIES)
      return this.run(child, group, 'stop')
    child.retries = 0
    child.at--
    this.run(child, group, 'stop')
  }
}
