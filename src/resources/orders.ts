/** Orders to take, give or restart groups: what is wanted is noted at once, the work waits its turn in the queue. */
import type { GroupRecord } from './group.ts'
import type { ResourceManager } from './manager.ts'

type Done = (failed: GroupRecord[]) => void

export class Orders {
  constructor(private readonly host: ResourceManager) {}

  /** Takes groups, and sees to it that nothing of the others (clean) runs here. */
  take(cause: string, take: GroupRecord[], clean: GroupRecord[], done: Done): void {
    const { fencing, maintenance } = this.host
    const free = (g: GroupRecord) => !maintenance.covers(g) && !(fencing.pending && !g.present)
    for (const g of take.filter(free)) g.wanted = true
    const steps = [
      ...take.filter(free).map((group) => ({ work: 'take' as const, group })),
      ...clean.filter((g) => !maintenance.covers(g)).map((group) => ({ work: 'clean' as const, group })),
    ]
    this.host.queue.push(cause, steps, (failed) => {
      this.noteStarts(take, failed)
      done(failed)
    })
  }

  /** Starts groups anew in place, each from one of its resources on; null only looks that all of it runs. */
  restart(cause: string, groups: readonly { group: GroupRecord; from: number | null }[]): void {
    const steps = groups.map((g) => ({ work: 'restart' as const, ...g }))
    const all = groups.map((g) => g.group)
    this.host.queue.push(cause, steps, (failed) => this.noteStarts(all, failed))
  }

  /** Gives groups up; those that are not here by the time it is their turn are not touched. */
  give(cause: string, groups: readonly GroupRecord[], done: Done, evenInMaintenance = false): void {
    const { host } = this
    const free = groups.filter((g) => evenInMaintenance || !host.maintenance.covers(g))
    for (const g of free) g.wanted = false
    const steps = free.map((group) => ({ work: 'give' as const, group }))
    host.queue.push(cause, steps, (failed) => {
      for (const g of free) if (g.state !== 'held') g.sick = false
      for (const g of failed) this.stopFailed(g)
      done(failed)
    })
  }

  private noteStarts(groups: readonly GroupRecord[], failed: readonly GroupRecord[]): void {
    for (const g of failed) if (g.state === 'failed') this.host.failover.startFailed(g)
    for (const g of groups) {
      if (g.state !== 'held' || g.trouble?.kind !== 'start') continue
      g.trouble = null
      g.handedOverMs = null
    }
  }

  /** `stop_failure`: block is what the state itself does; the others need the world's help. */
  private stopFailed(group: GroupRecord): void {
    const { ctx } = this.host
    const { config, self } = ctx
    if (group.state !== 'stop-failed' || config.stopFailure === 'block') return
    ctx.event('stop-failure', group.key, 'stop-failed', config.stopFailure, group.cause)
    if (config.stopFailure === 'reboot') {
      ctx.emit({ kind: 'reboot', cause: `${group.key} could not be stopped on ${self.name}: ${group.cause}` })
    }
  }
}
