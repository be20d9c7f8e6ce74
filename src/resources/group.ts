import { isAddress } from '../config/address-agents.ts'
import type { Group, Resource } from '../config/types.ts'
import type { GroupState, ResourceView } from '../io.ts'

export { isAddress }

/** What went wrong with a group here; see failover.ts. */
export interface Trouble {
  readonly kind: 'start' | 'monitor'
  readonly why: string
  readonly times: number
  readonly atMs: number
  untilMs: number
  /** It was handed over after a start had failed, came back, and could not be started again. */
  returned: boolean
}

/** One group of haresources and what this node knows and wants of it. */
export class GroupRecord {
  state: GroupState = 'stopped'
  wanted = false
  sinceMs: number
  cause = 'not held since the start'
  /** How often it was taken from a node that did not let go of it; see word.ts. */
  term = 0
  /** Services of it may be running here though it is not held: from before the start, or after a stall. */
  residue = true
  /** A service of it that is not held here could not be stopped: not tried again before this time. */
  cleanMs = 0
  /** Which of its resources run here by this node's will: from a start that went well until a stop is ordered. */
  readonly on = new Set<number>()
  /** Its right to its addresses is lost: they are gone though its services may still be stopping. */
  dropped = false
  /** When it was last handed to the other node because it could not be started here. */
  handedOverMs: number | null = null
  /** It was served by the heartbeat that gave it to this node last, or was given back too soon for a failure. */
  servedThere = false
  /** Between more than two: held here because its owner was not there, so that auto_failback on is about it. */
  standIn = false
  trouble: Trouble | null = null
  /** Held, and its monitor says that it does not work. */
  sick = false
  /** The last complaint about it in the log. */
  told = ''
  /** When it was started anew in place. */
  restarts: number[] = []
  readonly last: ResourceView['last'][]

  constructor(
    public index: number,
    public config: Group,
    nowMs: number,
  ) {
    this.sinceMs = nowMs
    this.last = config.resources.map(() => null)
  }

  get key(): string {
    return this.config.key
  }

  /** What may run of it here does so by nobody's will, and can be looked for now. */
  strange(nowMs: number): boolean {
    return this.residue && !this.present && nowMs >= this.cleanMs
  }

  addresses(): Resource[] {
    return this.config.resources.filter(isAddress)
  }

  /** In someone's eyes it is or may be here. */
  get present(): boolean {
    return this.state !== 'stopped' && this.state !== 'failed'
  }

  views(): ResourceView[] {
    return this.config.resources.map((r, i) => ({
      text: r.text,
      state: this.resourceState(i),
      last: this.last[i] ?? null,
    }))
  }

  private resourceState(i: number): ResourceView['state'] {
    const last = this.last[i]
    if (!last) return 'unknown'
    if (last.outcome === 'running' || (last.op === 'start' && last.outcome === 'ok')) return 'running'
    if (last.outcome === 'stopped' || (last.op === 'stop' && last.outcome === 'ok')) return 'stopped'
    return 'failed'
  }
}
