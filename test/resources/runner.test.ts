import { describe, expect, test } from 'bun:test'
import { Context } from '../../src/cluster/context.ts'
import type { Outcome, ResourceJob } from '../../src/io.ts'
import { GroupRecord } from '../../src/resources/group.ts'
import { GroupQueue } from '../../src/resources/queue.ts'
import type { Work } from '../../src/resources/runner.ts'
import { generate } from '../sim/generate.ts'
import { clusterConfig, group } from '../sim/scene.ts'

/** A queue whose jobs are answered by hand: the operations so far, as "start svc". */
class Bench {
  readonly ctx = new Context(clusterConfig(generate(1)), { name: 'ann', uuid: new Uint8Array(16) }, 1, {
    ms: 0,
    wallS: 0,
    load: '',
  })
  readonly group = new GroupRecord(0, group('ann', ['10.0.0.1', 'db', 'web'], 1), 0)
  readonly queue = new GroupQueue(this.ctx, () => {})
  readonly operations: string[] = []
  failed: string[] | null = null
  private jobs: ResourceJob[] = []

  order(work: Work): this {
    this.group.wanted = work === 'take'
    this.queue.push('a test', [{ work, group: this.group }], (failed) => {
      this.failed = failed.map((g) => g.key)
    })
    return this
  }

  /** Answers every job by what that function says, until nothing is left to do. */
  answer(outcome: (op: string, name: string) => Outcome): this {
    for (let i = 0; i < 100; i++) {
      this.collect()
      const job = this.jobs.shift()
      if (job === undefined) {
        if (this.ctx.timers.takeDue(Number.POSITIVE_INFINITY) !== 'retry-stop') return this
        this.queue.retryStop()
        continue
      }
      this.operations.push(`${job.op} ${job.resource.text}`)
      this.queue.result(job.id, { outcome: outcome(job.op, job.resource.text), code: 0, detail: '' })
    }
    return this
  }

  collect(): number {
    for (const e of this.ctx.takeEffects()) if (e.kind === 'resource') this.jobs.push(e.job)
    return this.jobs.length
  }
}

const well = (op: string): Outcome => (op === 'status' ? 'stopped' : 'ok')
const held = () => new Bench().order('take').answer(well)

describe('taking a group', () => {
  test('left to right; an address is set without a question', () => {
    const bench = held()
    expect(bench.operations).toEqual(['start 10.0.0.1', 'status db', 'start db', 'status web', 'start web'])
    expect(bench.group.state).toBe('held')
    expect(bench.failed).toEqual([])
  })

  test('what runs already is not started', () => {
    const bench = new Bench().order('take').answer((op) => (op === 'status' ? 'running' : 'ok'))
    expect(bench.operations).toEqual(['start 10.0.0.1', 'status db', 'status web'])
    expect(bench.group.state).toBe('held')
  })

  test('a start that fails releases the whole group, right to left', () => {
    const bench = new Bench()
      .order('take')
      .answer((op, name) => (op === 'start' && name === 'db' ? 'failed' : well(op)))
    expect(bench.operations.slice(-3)).toEqual(['stop web', 'stop db', 'stop 10.0.0.1'])
    expect(bench.group.state).toBe('failed')
    expect(bench.failed).toEqual(['10.0.0.1'])
    expect(bench.group.on.size).toBe(0)
  })

  test('what is not wanted any more when its turn comes is not taken', () => {
    const bench = new Bench()
    bench.group.wanted = false
    bench.queue.push('a test', [{ work: 'take', group: bench.group }], () => {})
    expect(bench.collect()).toBe(0)
    expect(bench.group.state).toBe('stopped')
  })
})

describe('giving a group', () => {
  test('right to left; an address is not asserted from the moment its stop is ordered', () => {
    const bench = held()
    expect([...bench.group.on]).toEqual([0, 1, 2])
    bench.order('give').answer(well)
    expect(bench.operations.slice(-3)).toEqual(['stop web', 'stop db', 'stop 10.0.0.1'])
    expect(bench.group.state).toBe('stopped')
    expect(bench.group.on.size).toBe(0)
  })

  test('what is not here is not touched', () => {
    const bench = new Bench().order('give').answer(well)
    expect(bench.operations).toEqual([])
    expect(bench.failed).toEqual([])
  })

  test('a stop that fails is tried eleven times; what still runs then blocks the group', () => {
    const bench = held()
    bench.operations.length = 0
    bench.order('give').answer((op, name) => (name === 'db' ? (op === 'status' ? 'running' : 'failed') : well(op)))
    expect(bench.operations.filter((o) => o === 'stop db').length).toBe(11)
    expect(bench.operations.at(-1)).toBe('status db')
    expect(bench.group.state).toBe('stop-failed')
    expect(bench.operations).not.toContain('stop 10.0.0.1')
  })

  test('a script that reports failure though nothing runs does not block', () => {
    const bench = held()
    bench.order('give').answer((op, name) => (name === 'db' && op === 'stop' ? 'failed' : well(op)))
    expect(bench.group.state).toBe('stopped')
  })

  test.each(['failed', 'missing', 'timeout'] as const)(
    'what cannot be stopped, and whose status is %s, may run and blocks the group',
    (status) => {
      const bench = held()
      bench.order('give').answer((op, name) => (name === 'db' ? (op === 'status' ? status : 'failed') : well(op)))
      expect(bench.group.state).toBe('stop-failed')
      expect(bench.operations).not.toContain('stop 10.0.0.1')
    },
  )

  test('a script that has gone since the start cannot stop anything: the group is blocked', () => {
    const bench = held()
    bench.order('give').answer((op, name) => (name === 'db' ? 'missing' : well(op)))
    expect(bench.group.state).toBe('stop-failed')
    expect(bench.group.cause).toContain('db')
  })
})

describe('cleaning up', () => {
  test('a service of a group that is not held here is stopped if it runs', () => {
    const bench = new Bench()
      .order('clean')
      .answer((op, name) => (op === 'status' && name === 'web' ? 'running' : well(op)))
    expect(bench.operations).toContain('stop web')
    expect(bench.operations).not.toContain('stop db')
  })

  test('one that cannot be stopped does not hold up the queue: it is looked for again some seconds later', () => {
    const bench = new Bench()
      .order('clean')
      .answer((op, name) => (name !== 'web' ? well(op) : op === 'status' ? 'running' : 'failed'))
    expect(bench.operations.filter((o) => o === 'stop web')).toEqual(['stop web'])
    expect(bench.group.state).toBe('stopped')
    expect(bench.group.strange(bench.ctx.now.ms)).toBe(false)
    expect(bench.group.strange(bench.ctx.now.ms + 5000)).toBe(true)
  })

  test('a group that has been taken meanwhile is let alone', () => {
    const bench = held()
    bench.operations.length = 0
    bench.order('clean').answer(well)
    expect(bench.operations).toEqual([])
    expect(bench.group.state).toBe('held')
  })
})

describe('the queue', () => {
  test('a group that cannot be stopped lets the others pass between two attempts', () => {
    const bench = held()
    const other = new GroupRecord(1, group('ann', ['10.0.0.2', 'mail'], 2), 0)
    other.wanted = true
    bench.queue.push('a test', [{ work: 'take', group: other }], () => {})
    bench.answer(well)
    bench.operations.length = 0
    let failed: string[] | null = null
    const steps = [bench.group, other].map((g) => ({ work: 'give' as const, group: g }))
    bench.queue.push('a test', steps, (groups) => {
      failed = groups.map((g) => g.key)
    })
    bench.answer((op, name) => (name === 'web' ? (op === 'status' ? 'running' : 'failed') : well(op)))
    expect(bench.operations.slice(0, 4)).toEqual(['stop web', 'stop mail', 'stop 10.0.0.2', 'stop web'])
    expect(bench.operations.filter((o) => o === 'stop web').length).toBe(11)
    expect([bench.group.state, other.state]).toEqual(['stop-failed', 'stopped'])
    expect(failed!).toEqual(['10.0.0.1'])
    expect(bench.queue.idle).toBeTrue()
  })

  test('after an abort the operation under way ends and nothing else begins', () => {
    const bench = new Bench().order('take')
    expect(bench.collect()).toBe(1)
    bench.queue.abort()
    expect(bench.queue.idle).toBeFalse()
    bench.answer(well)
    expect(bench.operations).toEqual(['start 10.0.0.1'])
    expect(bench.queue.idle).toBeTrue()
    expect(bench.failed).toBeNull()
  })

  test('an answer that comes too late is counted and changes nothing', () => {
    const bench = held()
    bench.queue.result(1, { outcome: 'failed', code: 1, detail: '' })
    expect(bench.ctx.counters.late_results).toBe(1)
    expect(bench.group.state).toBe('held')
  })
})
