/**
 * Resource management as heartbeat 3.0.6 does it, quirks included: claims before the scripts, the wait of ten seconds
 * when both start, one claim for "the other side", a standby that nobody repairs.
 */
import type { ClusterConfig, Group } from '../../../src/config/types.ts'
import type { StandbySet } from '../../../src/io.ts'
import { get, type Message, text } from '../../../src/wire/message.ts'
import { Children, type Step } from './children.ts'
import { bits, type Claim, mirrored, word } from './claims.ts'
import type { HeartbeatModel } from './model.ts'
import { Standby } from './standby.ts'
import { Taking } from './taking.ts'

type State = 'init' | 'starting' | 'bothstarting' | 'rscrcvd' | 'stable' | 'shutdown'

const FALLBACK_MS = 10_000
const START_FAILED_MS = 30_000

export class Resources {
  state: State = 'init'
  mine: Claim = bits('none')
  other: Claim = bits('none')
  otherStable = false
  private takeover = false
  private needsFailback = false
  private fallbackMs: number | null = null
  private failbackMs: number | null = null
  private startFailedMs: number | null = null
  readonly children: Children
  readonly standby: Standby
  readonly taking: Taking
  shutdown: 'no' | 'asked' | 'giving' | 'said' = 'no'

  constructor(
    private readonly node: HeartbeatModel,
    readonly config: ClusterConfig,
    readonly self: string,
  ) {
    this.standby = new Standby(node, this)
    this.taking = new Taking(node, this)
    this.children = new Children(
      (effect) => node.emit(effect),
      () => {
        this.startFailedMs = node.now.ms + START_FAILED_MS
      },
      () => this.proceedShutdown(),
    )
  }

  get legacy(): boolean {
    return this.config.autoFailback === 'legacy'
  }

  private own(g: Group): boolean {
    return g.owner === this.self
  }

  of(set: string): Group[] {
    const c = bits(set)
    return this.config.groups.filter((g) => (this.own(g) ? c.local : c.foreign))
  }

  report(info?: string, stable = this.state === 'stable'): void {
    const fields = [text('t', 'resource'), text('rsc_hold', word(this.mine)), text('rtype', 'full')]
    const rest = [text('isstable', stable ? '1' : '0'), ...(info === undefined ? [] : [text('info', info)])]
    this.node.send([...fields, ...rest])
  }

  onActive(): void {
    if (this.shutdown !== 'no') return this.proceedShutdown()
    if (this.legacy) {
      this.state = 'stable'
      return this.taking.local(true)
    }
    this.state = this.state === 'init' ? 'starting' : this.state
    this.node.send([text('t', 'starting')])
  }

  // --- messages ----------------------------------------------------------------------------------------------------

  hear(type: string, m: Message, from: string): void {
    const me = from === this.self
    if (type === 'shutdone') return me ? undefined : this.hearShutdone(from)
    if (type === 'ip-request' || type === 'ip-request-resp') return this.taking.hear(type, m, from)
    if (this.legacy) return
    this.standby.timeout()
    if (type === 'starting' && !me) this.hearStarting()
    else if (type === 'resource') this.hearReport(m, me)
    else if (type === 'ask_resources') this.standby.hear(get(m, 'rsc_hold') ?? 'all', get(m, 'info') ?? '', me)
    else if (type === 'hb_takeover' && !me) this.hearTakeover(mirrored(get(m, 'rsc_hold') ?? 'all'))
  }

  /** A script answers it, and scripts wait for each other: it comes after a mach_down that is under way. */
  private hearTakeover(set: StandbySet): void {
    this.children.notify(
      () => [],
      () => this.standby.ask(set),
    )
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
    this.taking.local(false)
    this.state = 'stable'
    this.report()
    this.tryFailback()
  }

  unlessLeaving(steps: Step[]): Step[] {
    return this.shutdown === 'no' ? steps : []
  }

  // --- deaths ------------------------------------------------------------------------------------------------------

  onDead(name: string, known: boolean): void {
    this.standby.forget()
    if (this.shutdown !== 'no') return this.proceedShutdown()
    this.needsFailback = true
    const unneeded = known && !this.legacy && !this.other.local && !this.other.foreign
    const all = this.mine.local && this.mine.foreign
    this.node.send([text('t', 'stonith'), text('node', name), text('result', unneeded ? 'unneeded' : 'n_stnth')])
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
    this.taking.local(true)
  }

  private hearShutdone(from: string): void {
    this.other = bits('none')
    // Two that restart after a partition do not wait for each other: the capture has 0.2 s between them.
    this.otherStable = true
    this.proceedShutdown()
    this.otherStable = false
    if (this.shutdown !== 'no') return
    const whole = this.mine.local && this.mine.foreign
    this.takeOver(from)
    if (this.legacy || whole) return
    this.report()
    this.standby.end()
  }

  // --- failback, and what is polled -----------------------------------------------------------------------------------

  private tryFailback(): void {
    if (this.shutdown !== 'no' || !this.mine.foreign || !this.needsFailback || this.config.autoFailback !== 'on') {
      this.needsFailback = false
      return
    }
    if (!this.standby.idle || !this.otherStable || this.state !== 'stable') {
      this.failbackMs = this.node.now.ms + 1000
      return
    }
    this.needsFailback = false
    this.standby.ask('foreign')
  }

  poll(): void {
    const { ms } = this.node.now
    this.standby.timeout()
    if (this.state === 'rscrcvd' && this.fallbackMs !== null && ms >= this.fallbackMs) this.becomeStable()
    if (this.failbackMs !== null && ms >= this.failbackMs) {
      this.failbackMs = null
      this.tryFailback()
    }
    if (this.startFailedMs !== null && ms >= this.startFailedMs) {
      this.startFailedMs = null
      this.standby.ask('foreign')
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
    const settled = this.otherStable && !this.takeover && this.standby.idle
    return settled && (this.state === 'stable' || this.state === 'shutdown')
  }

  proceedShutdown(): void {
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
