/**
 * auto_failback on: the owner that is back is given its groups, by a hand-over of its own set (standby.ts).
 *
 *   needed ──both settled, nothing contested, no maintenance──▶ handing over ──done──▶ not needed
 *      ▲ └──not yet: a second later──┘                               │
 *      └──────────────────────── it did not come about ──────────────┘
 */
import { hindrance } from './hindrance.ts'
import type { ResourceManager } from './manager.ts'

const RETRY_MS = 1000

export class Failback {
  private underWay = false

  constructor(private readonly host: ResourceManager) {}

  again(): void {
    this.host.ctx.timers.arm('failback', this.host.ctx.now.ms + RETRY_MS)
  }

  /** Also for the timer 'failback'. */
  tryNow(): void {
    const { host } = this
    if (!host.needsFailback || host.shutdown.asked) return
    if (host.ctx.config.autoFailback !== 'on' || !host.mine.foreign) {
      host.needsFailback = false
      return
    }
    // A group that both hold is put right first: who takes what it has already announces nothing.
    const undecided = host.healing.undecided || host.contested
    const early = host.unfinished.resting || undecided || host.maintenance.any
    if (early || hindrance(host) !== null) return this.again()
    host.needsFailback = false
    this.underWay = true
    host.standby.begin('foreign', 'auto_failback on and the owner is back', null)
  }

  /** A heartbeat takes part in the next hand-over when it has heard that this node is at rest after the last one. */
  private afterReport(): void {
    if (this.host.membership.liveHeartbeat() !== undefined) this.again()
    else this.tryNow()
  }

  /** Any hand-over has ended; ok: its groups have arrived. */
  afterStandby(ok: boolean): void {
    const { host } = this
    const failed = this.underWay && !ok
    this.underWay = false
    if (failed) {
      host.needsFailback = true
      this.again()
    } else if (host.stage === 'stable' && host.needsFailback) this.afterReport()
  }
}
