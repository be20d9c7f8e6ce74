/** One computer of the simulated cluster: its kernel, its scripts, its disk, and the daemon's brain while it runs. */
import type { Effect, Input, MaintenanceState, Now } from '../../src/io.ts'
import type { Kernel } from '../../src/sim/kernel.ts'
import type { Change, PauseKind } from './scene.ts'
import type { Scripts } from './scripts.ts'

/** What a daemon is to the simulator: hb's core or the model of a heartbeat. */
export interface Brain {
  /** False for a heartbeat that has a group by accident: its scripts crossed each other and it does not claim it. */
  claims?(owner: string): boolean
  /** A model says here whether it has joined; the core has its snapshot. */
  readonly active?: boolean
  readonly deadlineMs: number
  step(input: Input, now: Now): Effect[]
}

/** A socket buffer holds about so many datagrams; later ones are lost. */
export const WAITING_MAX = 200

export class Host {
  brain: Brain | null = null
  /** Counts the daemon's lives: an answer for an earlier one is nobody's. */
  life = 0
  /** What its configuration files say, other than the scene. */
  change: Change = 'nothing'
  /** How many faults fill its disk. */
  diskFull = 0
  /** The generation file: the last that was used, of hb one ahead of it. */
  generation: number | null = null
  /** The maintenance file. */
  maintenance: MaintenanceState | undefined
  /** Groups in maintenance whose last work from before it has ended. */
  readonly quiet = new Set<string>()
  /** What its events have told of each group and node in this life. */
  readonly told = new Map<string, string>()
  paused: PauseKind | null = null
  readonly waiting: Input[] = []
  /** The operator wants it to run: after an end in order it is started again. */
  meantToRun = true
  wallOffsetS = 0
  leaseMs = 1000
  wakeToken = 0
  wakeForMs = Number.NaN
  startedMs = 0
  /** World time of the last status this life has sent. */
  beatMs = 0
  /** Ticks in a row after which it wanted to be called at once. */
  spins = 0
  /** World time of the last wake-up after a pause, and after one that was longer than deadtime. */
  awakeMs = 0
  /** When it last came out of a pause that its clocks, those of its leases among them, do not know. */
  unawareMs = 0
  longAwakeMs = 0
  pausedAtMs = 0
  /** In which it did not listen, in all. */
  pausedTotalMs = 0
  diedMs: number | null = null
  /** World time of the last reset by another node. */
  resetMs = Number.NEGATIVE_INFINITY
  /** Addresses that somebody added by hand and hb has not seen yet -> when. */
  readonly strays = new Map<string, number>()

  constructor(
    readonly name: string,
    readonly uuid: Uint8Array,
    readonly old: boolean,
    readonly kernel: Kernel,
    readonly scripts: Scripts,
  ) {}

  maintains(group: string): boolean {
    return this.maintenance?.all === true || this.maintenance?.groups.includes(group) === true
  }

  get running(): boolean {
    return this.brain !== null && this.paused === null
  }

  /** Answers ARP requests for it. */
  has(address: string): boolean {
    const frozen = this.paused === 'machine' || this.paused === 'suspend'
    return !frozen && this.kernel.addresses.has(address) && !this.strays.has(address)
  }
}
