/** What scripts do on one host: services run or not; some scripts are slow, fail or hang while a fault says so. */
import type { Outcome, ResourceJob } from '../../src/io.ts'
import type { Dice } from '../../src/sim/dice.ts'
import type { ScriptTrouble } from './scene.ts'

export interface Answer {
  readonly afterMs: number
  readonly outcome: Outcome
}

export class Scripts {
  readonly running = new Set<string>()
  /** Group key -> what is wrong with its scripts now. */
  readonly trouble = new Map<string, ScriptTrouble>()

  /** Keys of groups whose services run and do not work. */
  readonly sick = new Set<string>()

  constructor(private readonly dice: Dice) {}

  /** Carries out an operation; the service starts or stops at once, the answer takes its time. */
  run({ op, group, resource, timeoutMs }: ResourceJob): Answer {
    const trouble = this.trouble.get(group)
    const slow =
      trouble === 'slow' ? this.dice.between(500, Math.min(timeoutMs - 100, 4000)) : this.dice.between(5, 120)
    const name = resource.text
    if (op === 'status') return { afterMs: Math.min(slow, 50), outcome: this.running.has(name) ? 'running' : 'stopped' }
    if (trouble === `${op}-fails`) return { afterMs: slow, outcome: 'failed' }
    if (trouble === `${op}-hangs`) return { afterMs: timeoutMs, outcome: 'timeout' }
    if (op === 'start') this.running.add(name)
    else this.running.delete(name)
    return { afterMs: slow, outcome: 'ok' }
  }
}
