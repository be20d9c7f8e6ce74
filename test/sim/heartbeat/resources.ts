/**
 * Resource management as heartbeat 3.0.6 does it, quirks included: claims before the scripts, the wait of ten seconds
 * when both start, one claim for "the other side", a standby that nobody repairs.
 */
import type { ClusterConfig, Group } from '../../../src/config/types.ts'
import type { StandbySet } from '../../../src/io.ts'
import { get, type Message, text } from '../../../src/wire/message.ts'
import { Children, type Step } from './children.ts'
import type { HeartbeatModel } from './model.ts'

type State = 'init' | 'starting' | 'bothstarting' | 'rscrcvd' | 'stable' | 'shutdown'
type Claim = { local: boolean; foreign: boolean }
type Going = 'not' | 'me' | 'other' | 'done'

const FALLBACK_MS = 10_000
const STANDBY_MS = 10_000
const STANDBY_WORK_MS = 3_600_000
const START_FAILED_MS = 30_000

const bits = (word: string | undefined): Claim => ({
  local: word === 'local' || word === 'all',
  foreign: word === 'foreign' || word === 'all',
})
const word = (c: Claim) => (c.local ? (c.foreign ? 'all' : 'local') : c.foreign ? 'foreign' : 'none')
const mirrored = (set: string): StandbySet => (set === 'local' ? 'foreign' : set === 'foreign' ? 'local' : 'all')

export class Resources {
  state: State = 'init'
  mine: Claim = bits('none')
  private other: Claim = bits('none')
  private otherStable = false
  private going: Going = 'not'
  private standbyUntilMs: number | null = null
  private takeover = false
  private needsFailback = false
  private fallbackMs: number | null = null
  private failbackMs: number | null = null
  private startFailedMs: number | null = null
  readonly children: Children
  shutdown: 'no' | 'asked' | 'giving' | 'said' = 'no'

  constructor(
    private readonly node: HeartbeatModel,
    private readonly config: ClusterConfig,
    private readonly self: string,
  ) {
    this.children = new Children(
      (effect) => node.emit(effect),
      () => {
        this.startFailedMs = node.now.ms + START_FAILED_MS
      },
      () => this.proceedShutdown(),
    )
  }

  private get legacy(): boolean {
    return this.config.autoFailback === 'legacy'
  }

  private own(g: Group): boolean {
    return g.owner === this.self
  }

  private of(set: string): Group[] {
    const c = bits(set)
    return this.config.groups.filter((g) => (this.own(g) ? c.local : c.foreign))
  }

  private report(info?: string, stable = this.state === 'stable'): void {
    const fields = [text('t', 'resource'), text('rsc_hold', word(this.mine)), text('rtype', 'full')]
    const rest = [text('isstable', stable ? '1' : '0'), ...(info === undefined ? [] : [text('info', info)])]
    this.node.send([...fields, ...rest])
  }

  onActive(): void {
    if (this.shutdown !== 'no') return this.proceedShutdown()
    if (this.legacy) {
      this.state = 'stable'
      return this.requestLocal(true)
    }
    this.state = this.state === 'init' ? 'starting' : this.state
    this.node.send([text('t', 'starting')])
  }

  // --- messages ----------------------------------------------------------------------------------------------------

  hear(type: string, m: Message, from: string): void {
    const me = from === this.self
    if (type === 'shutdone') return me ? undefined : this.hearShutdone(from)
    if (type === 'ip-request' || type === 'ip-request-resp') return this.hearIpRequest(type, m, from)
    if (this.legacy) return
    this.standbyTimeout()
    if (type === 'starting' && !me) this.hearStarting()
    else if (type === 'resource') this.hearReport(m, me)
    else if (type === 'ask_resources') this.hearStandby(get(m, 'rsc_hold') ?? 'all', get(m, 'info') ?? '', me)
    else if (type === 'hb_takeover' && !me) this.ask(mirrored(get(m, 'rsc_hold') ?? 'all'))
  }

  private hearStarting(): void {
    if (this.state === 'starting') this.state = 'bothstarting'
    else if (this.state === 'init' || this.state === 'bothstarting') return
    this.otherStable = false
    this.report()
  }

  private hearReport(m: Message, me: boolean): void {
    if (this.state === 'init') return
    if (this.state === 'starting' || this.state === 'bothstarting') this.state = 'rscrcvd'
    const said = get(m, 'rsc_hold') ?? 'none'
    const full = get(m, 'rtype') === 'full'
    const merge = (old: Claim): Claim => {
      const now = bits(said)
      return full || said === 'none' ? now : { local: old.local || now.local, foreign: old.foreign || now.foreign }
    }
    if (me) this.hearOwnReport(m, merge(this.mine))
    else this.hearOther(m, merge(this.other))
    if (this.state === 'rscrcvd' && this.fallbackMs === null) this.fallbackMs = this.node.now.ms + FALLBACK_MS
    this.proceedShutdown()
  }

  private hearOwnReport(m: Message, claim: Claim): void {
    this.mine = claim
    if (get(m, 'info') === 'mach_down') {
      this.takeover = false
      this.mine.foreign = true
      this.needsFailback = true
      this.otherStable = true
    }
    if (get(m, 'info') === 'shutdown') this.state = 'shutdown'
  }

  private hearOther(m: Message, claim: Claim): void {
    this.other = claim
    const stable = get(m, 'isstable')
    if (stable === '1') {
      const before = this.otherStable
      this.otherStable = true
      if (!before) {
        this.report()
        this.tryFailback()
      }
    } else if (stable !== undefined) this.otherStable = false
    if (this.state !== 'stable' && this.state !== 'shutdown' && this.otherStable) this.becomeStable()
  }

  private becomeStable(): void {
    this.requestLocal(false)
    this.state = 'stable'
    this.report()
    this.tryFailback()
  }

  // --- taking ------------------------------------------------------------------------------------------------------

  /** req_our_resources: the claim at once, the groups one at a time through the queue. */
  private requestLocal(forced: boolean): void {
    if (this.shutdown !== 'no') return
    const blocked = !this.legacy && (this.other.foreign || this.mine.local) && !forced && this.going === 'not'
    if (blocked) return
    this.mine.local = true
    for (const g of this.of('local')) this.requestGroup(g)
    if (!this.legacy) this.report('req_our_resources()', true)
  }

  private requestGroup(g: Group): void {
    if (this.legacy && this.node.otherActive()) return this.node.send([text('t', 'ip-request'), text('ipaddr', g.key)])
    this.children.notify(
      () => this.unlessLeaving([{ take: g }]),
      () => {},
    )
  }

  private unlessLeaving(steps: Step[]): Step[] {
    return this.shutdown === 'no' ? steps : []
  }

  private hearIpRequest(type: string, m: Message, from: string): void {
    const g = this.config.groups.find((x) => x.key === get(m, 'ipaddr'))
    if (g === undefined || from === this.self) return
    if (type === 'ip-request-resp') {
      if (get(m, 'dest') === this.self && get(m, 'ok') === 'OK') {
        this.children.notify(
          () => this.unlessLeaving([{ take: g }]),
          () => {},
        )
      }
      return
    }
    this.children.notify(
      () => [{ give: g }],
      () => {
        const answer = [text('dest', from), text('ipaddr', g.key), text('weown', 'yes'), text('ok', 'OK')]
        this.node.send([text('t', 'ip-request-resp'), ...answer])
      },
    )
  }

  // --- deaths ------------------------------------------------------------------------------------------------------

  onDead(name: string, known: boolean): void {
    this.standbyUntilMs = null
    this.going = 'not'
    if (this.shutdown !== 'no') return this.proceedShutdown()
    this.needsFailback = true
    const unneeded = known && !this.legacy && !this.other.local && !this.other.foreign
    const all = this.mine.local && this.mine.foreign
    if (unneeded && all) this.otherStable = true
    else this.takeOver(name)
  }

  private takeOver(name: string): void {
    this.children.notify(
      () => this.unlessLeaving(this.config.groups.filter((g) => g.owner === name).map((g) => ({ take: g }))),
      () => {
        if (!this.legacy)
          this.node.send([text('t', 'resource'), text('rsc_hold', 'foreign'), text('info', 'mach_down')])
      },
    )
    this.mine.foreign = true
    this.other = bits('none')
    this.otherStable = true
    this.takeover = true
    this.requestLocal(true)
  }

  private hearShutdone(from: string): void {
    this.other = bits('none')
    this.otherStable = false
    if (this.shutdown === 'no') this.takeOver(from)
  }

  // --- standby and failback ------------------------------------------------------------------------------------------

  private tryFailback(): void {
    if (this.shutdown !== 'no' || !this.mine.foreign || !this.needsFailback || this.config.autoFailback !== 'on') {
      this.needsFailback = false
      return
    }
    if (this.going !== 'not' || !this.otherStable || this.state !== 'stable') {
      this.failbackMs = this.node.now.ms + 1000
      return
    }
    this.needsFailback = false
    this.ask('foreign')
  }

  /** hb_standby. */
  ask(set: StandbySet): void {
    if (!this.legacy) this.say(set, 'me')
  }

  private say(set: string, info: string): void {
    this.node.send([text('t', 'ask_resources'), text('rsc_hold', set), text('info', info)])
  }

  private enter(going: Going, ms: number | null): void {
    this.going = going
    this.standbyUntilMs = ms === null ? null : this.node.now.ms + ms
  }

  private hearStandby(set: string, info: string, me: boolean): void {
    if (this.state === 'shutdown') return
    const key = `${this.going} ${info} ${me ? 'own' : 'theirs'}`
    if (key === 'not me own' || key === 'not me theirs') {
      if (!this.otherStable || this.state !== 'stable') return
      this.otherStable = false
      this.enter(me ? 'me' : 'other', me ? STANDBY_MS : STANDBY_WORK_MS)
      if (!me) this.say(set, 'other')
    } else if (key === 'me other theirs') this.giveUp(set)
    else if (key === 'me done own') this.enter('done', STANDBY_WORK_MS)
    else if (key === 'other done theirs') this.acquire(set)
    else if (info === 'done' && this.going === 'done') this.standbyOver(set, me)
  }

  private giveUp(set: string): void {
    this.enter('me', STANDBY_WORK_MS)
    const given = bits(set)
    this.mine = { local: this.mine.local && !given.local, foreign: this.mine.foreign && !given.foreign }
    this.report('standby', false)
    this.children.start(
      this.of(set).map((g) => ({ give: g })),
      () => this.say(set, 'done'),
    )
  }

  private acquire(set: string): void {
    this.enter('done', STANDBY_WORK_MS)
    this.children.start(
      this.of(mirrored(set)).map((g) => ({ take: g })),
      () => this.say(set, 'done'),
    )
  }

  private standbyOver(set: string, me: boolean): void {
    this.enter('not', null)
    const gained = bits(mirrored(set))
    if (me) this.mine = { local: this.mine.local || gained.local, foreign: this.mine.foreign || gained.foreign }
    this.otherStable = true
    this.report()
    this.proceedShutdown()
  }

  private standbyTimeout(): void {
    if (this.standbyUntilMs === null || this.node.now.ms < this.standbyUntilMs) return
    this.enter('not', null)
    this.otherStable = true
    this.proceedShutdown()
  }

  // --- polled ------------------------------------------------------------------------------------------------------

  poll(): void {
    const { ms } = this.node.now
    this.standbyTimeout()
    if (this.state === 'rscrcvd' && this.fallbackMs !== null && ms >= this.fallbackMs) this.becomeStable()
    if (this.failbackMs !== null && ms >= this.failbackMs) {
      this.failbackMs = null
      this.tryFailback()
    }
    if (this.startFailedMs !== null && ms >= this.startFailedMs) {
      this.startFailedMs = null
      this.ask('foreign')
    }
  }

  // --- ending ------------------------------------------------------------------------------------------------------

  begin(): void {
    if (this.shutdown !== 'no') return
    this.shutdown = 'asked'
    this.proceedShutdown()
  }

  private get quiet(): boolean {
    if (this.children.busy) return false
    if (this.legacy || this.state === 'init') return true
    const settled = this.otherStable && !this.takeover && this.going === 'not'
    return settled && (this.state === 'stable' || this.state === 'shutdown')
  }

  private proceedShutdown(): void {
    if (this.shutdown !== 'asked' || !this.node.active || !this.quiet) return
    this.shutdown = 'giving'
    this.children.clear()
    this.mine = bits('none')
    this.state = 'shutdown'
    if (!this.legacy) this.report('shutdown', false)
    this.children.start(
      this.config.groups.map((g) => ({ give: g })),
      () => {
        this.shutdown = 'said'
        this.node.send([text('t', 'shutdone'), text('st', 'dead')])
        this.node.leave()
      },
    )
  }
}
