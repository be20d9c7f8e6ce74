/** heartbeat's hand-over by four messages, with its gaps: nobody repairs what is lost, and times run for an hour. */
import type { StandbySet } from '../../../src/io.ts'
import { text } from '../../../src/wire/message.ts'
import { bits, mirrored } from './claims.ts'
import type { HeartbeatModel } from './model.ts'
import type { Resources } from './resources.ts'

type Going = 'not' | 'me' | 'other' | 'done'

const STANDBY_MS = 10_000
const STANDBY_WORK_MS = 3_600_000

export class Standby {
  private going: Going = 'not'
  private untilMs: number | null = null

  constructor(
    private readonly node: HeartbeatModel,
    private readonly host: Resources,
  ) {}

  get idle(): boolean {
    return this.going === 'not'
  }

  /** A death ends whatever was under way. */
  forget(): void {
    this.untilMs = null
    this.going = 'not'
  }

  /** hb_standby. */
  ask(set: StandbySet): void {
    if (!this.host.legacy) this.say(set, 'me')
  }

  /** Whatever may be under way is over: the other side has left. */
  end(): void {
    this.say('all', 'done')
  }

  private say(set: string, info: string): void {
    this.node.send([text('t', 'ask_resources'), text('rsc_hold', set), text('info', info)])
  }

  private enter(going: Going, ms: number | null): void {
    this.going = going
    this.untilMs = ms === null ? null : this.node.now.ms + ms
  }

  hear(set: string, info: string, me: boolean): void {
    if (this.host.state === 'shutdown') return
    // Whatever the other node says while this one wants to give makes it wait for an hour.
    if (this.going === 'me' && !me && info !== 'me') this.enter('me', STANDBY_WORK_MS)
    const key = `${this.going} ${info} ${me ? 'own' : 'theirs'}`
    if (key === 'not me own' || key === 'not me theirs') {
      if (!this.host.otherStable || this.host.state !== 'stable') return
      this.host.otherStable = false
      this.enter(me ? 'me' : 'other', me ? STANDBY_MS : STANDBY_WORK_MS)
      if (!me) this.say(set, 'other')
    } else if (key === 'me other theirs') this.giveUp(set)
    else if (key === 'me done own') this.enter('done', STANDBY_WORK_MS)
    else if (key === 'other done theirs') this.acquire(set)
    else if (info === 'done' && this.going === 'done') this.over(set, me)
  }

  private giveUp(set: string): void {
    this.enter('me', STANDBY_WORK_MS)
    const given = bits(set)
    this.host.mine = { local: this.host.mine.local && !given.local, foreign: this.host.mine.foreign && !given.foreign }
    this.host.report('standby', false)
    this.host.children.start(
      this.host.of(set).map((g) => ({ give: g })),
      () => this.say(set, 'done'),
    )
  }

  private acquire(set: string): void {
    this.enter('done', STANDBY_WORK_MS)
    // The child does not know such a set and ends without a word.
    if (set === 'none') return
    this.host.children.start(
      this.host.of(mirrored(set)).map((g) => ({ take: g })),
      () => this.say(set, 'done'),
    )
  }

  private over(set: string, me: boolean): void {
    this.enter('not', null)
    const gained = bits(mirrored(set))
    if (me)
      this.host.mine = {
        local: this.host.mine.local || gained.local,
        foreign: this.host.mine.foreign || gained.foreign,
      }
    this.host.report()
    this.host.proceedShutdown()
  }

  timeout(): void {
    if (this.untilMs === null || this.node.now.ms < this.untilMs) return
    this.enter('not', null)
    this.host.otherStable = true
    this.host.proceedShutdown()
  }
}
