/** Whether heartbeat's FIFO is served, as the configuration wants it at the moment. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/types.ts'
import type { Level } from '../io.ts'
import { type Fifo, type OpenFifo, openFifo } from './fifo.ts'
import { type Outgoing, route } from './outgoing.ts'

export interface FifoDoorOptions {
  readonly stateDir: string
  /** The state directory was there before this start. */
  readonly stateDirExisted: boolean
  readonly log: (level: Level, text: string) => void
}

export class FifoDoor {
  private fifo: Fifo | null = null

  /** earlier: what the program before this one has left open. */
  constructor(
    private readonly options: FifoDoorOptions,
    private readonly carryOut: (outgoing: Outgoing) => void,
    private earlier: OpenFifo | null,
  ) {}

  use(wanted: Config['fifo'] = 'auto'): void {
    const { stateDir, stateDirExisted, log } = this.options
    const serve = wanted === 'on' || (wanted === 'auto' && stateDirExisted)
    if (!serve || !existsSync(stateDir)) return this.close()
    if (this.fifo !== null) return
    const { earlier } = this
    this.earlier = null
    try {
      this.fifo = openFifo(
        join(stateDir, 'fifo'),
        (find) => {
          if ('problem' in find) log('WARN', `a message in the FIFO was not taken: ${find.problem}`)
          else this.carryOut(route(find.message, null))
        },
        earlier,
      )
    } catch (error) {
      log('WARN', `no FIFO for scripts: ${error instanceof Error ? error.message : error}`)
    }
  }

  handOver(): OpenFifo | null {
    return this.fifo?.handOver() ?? null
  }

  close(): void {
    this.fifo?.close()
    this.fifo = null
  }
}
