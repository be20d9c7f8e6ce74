/**
 * Leaving in order: wait for what is under way, give up every group, say so (`shutdone`, on which the other node takes
 * over at once), stay a moment to repeat what was lost on the way, end.
 *
 * A group that can't be stopped keeps the daemon: its beats keep the other node from starting the group a second time.
 */
import { text } from '../wire/message.ts'
import { mirrorBits } from './claims.ts'
import type { ResourceManager } from './manager.ts'

const LINGER_MS = 1000
const STILL_BUSY_MS = 200
const HANDSHAKE_WAIT_MS = 15_000

export class Shutdown {
  asked = false
  private phase: 'no' | 'waiting' | 'giving' | 'said' = 'no'
  private commands: number[] = []

  constructor(private readonly host: ResourceManager) {}

  get over(): boolean {
    return this.phase === 'said'
  }

  begin(command: number): void {
    const { host } = this
    this.commands.push(command)
    if (this.asked) return
    this.asked = true
    this.phase = 'waiting'
    host.ctx.log('info', 'Heartbeat shutdown in progress.')
    host.ctx.event('node', host.ctx.self.name, host.membership.state, 'stopping', 'asked to stop')
    host.ctx.timers.arm('shutdown-wait', host.ctx.now.ms + HANDSHAKE_WAIT_MS)
    this.advance()
  }

  /** Called whenever something that could be in the way has ended. */
  advance(): void {
    const { host } = this
    if (this.phase !== 'waiting') return
    if (host.stage === 'init') return this.say()
    if (!host.queue.idle || !host.standby.idle) return
    this.phase = 'giving'
    host.ctx.timers.disarm('shutdown-wait')
    host.ctx.log('info', 'Giving up all HA resources.')
    host.stage = 'shutdown'
    host.mine = { local: false, foreign: false }
    if (host.many.rules) host.many.moves.leave()
    host.reports.say('shutdown')
    host.orders.give('shutdown', host.groups, () => this.given())
  }

  /**
   * The other node takes what still waits here until something else is stopped: a heartbeat that starts meanwhile is not
   * patient for longer than ten seconds. The addresses go at once.
   */
  claimed(): void {
    const { host } = this
    if (host.stage !== 'shutdown') return
    const taken = host.groupsOf(mirrorBits(host.other))
    const held = taken.filter((g) => g.present && !g.dropped && !host.maintenance.covers(g))
    if (held.length > 0) host.healing.drop(held, 'the other node claims it, and this one is leaving')
  }

  /** The handshake does not end by itself: go without it. */
  waitedLongEnough(): void {
    if (this.phase !== 'waiting') return
    this.host.standby.reset()
    this.advance()
  }

  private given(): void {
    const { host } = this
    const stuck = host.groups.find((g) => g.state === 'stop-failed' && !host.maintenance.covers(g))
    if (stuck === undefined) {
      host.ctx.log('info', 'All HA resources relinquished.')
      return this.say()
    }
    this.phase = 'no'
    this.asked = false
    host.many.moves.reset('a group could not be stopped')
    host.stage = 'stable'
    host.mine = { local: host.isOwn(stuck), foreign: !host.isOwn(stuck) }
    const { ctx, membership } = host
    ctx.event('node', ctx.self.name, 'stopping', membership.state, `${stuck.key} could not be stopped, so hb stays`)
    this.reply(false, `${stuck.key} could not be stopped (${stuck.cause}); hb stays, so that it is not started twice`)
  }

  private say(): void {
    const { host } = this
    this.phase = 'said'
    host.stage = 'shutdown'
    if (host.membership.state === 'active') {
      host.membership.outbox.send([text('t', 'shutdone'), text('st', 'dead')])
    } else host.membership.joining.stop()
    const others = host.membership.liveOthers()
    const heirs = others.some((p) => !p.gone)
    const nobody = heirs || host.groups.length === 0 ? '' : '; no other node is there to take them'
    this.reply(true, `stopped: every group is released${nobody}`)
    const alone = others.length === 0
    host.ctx.timers.arm('linger', host.ctx.now.ms + (alone ? 0 : LINGER_MS))
  }

  lingered(): void {
    const { host } = this
    // Maintenance may have ended meanwhile, and what was to be left running is being stopped.
    if (!host.queue.idle) return host.ctx.timers.arm('linger', host.ctx.now.ms + STILL_BUSY_MS)
    this.host.ctx.log('info', 'Heartbeat shutdown complete.')
    this.host.ctx.emit({ kind: 'exit', code: 0, cause: 'asked to stop' })
  }

  private reply(ok: boolean, words: string): void {
    for (const id of this.commands) this.host.ctx.emit({ kind: 'reply', id, ok, text: words })
    this.commands = []
  }
}
