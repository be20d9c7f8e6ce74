/** How a heartbeat takes its own groups: the claim at once, in legacy mode by asking whoever may have them. */
import type { Group } from '../../../src/config/types.ts'
import { get, type Message, text } from '../../../src/wire/message.ts'
import type { HeartbeatModel } from './model.ts'
import type { Resources } from './resources.ts'

export class Taking {
  constructor(
    private readonly node: HeartbeatModel,
    private readonly host: Resources,
  ) {}

  /**
   * req_our_resources: the claim at once. A child looks at each key; what does not run is asked for, and taken through
   * the queue. A group whose key runs is left alone, as the capture of a thawed holder shows: it sends no
   * ip-request-resp.
   */
  local(forced: boolean): void {
    if (this.host.shutdown !== 'no') return
    const blocked =
      !this.host.legacy && (this.host.other.foreign || this.host.mine.local) && !forced && this.host.standby.idle
    if (blocked) return
    this.host.mine.local = true
    this.host.children.start(
      this.host.of('local').map((g) => ({ look: g, missing: () => this.ask(g) })),
      () => {
        if (!this.host.legacy) this.host.report('req_our_resources()', true)
      },
    )
  }

  private ask(g: Group): void {
    if (this.host.legacy && this.node.otherActive())
      return this.node.send([text('t', 'ip-request'), text('ipaddr', g.key)])
    const answer = [text('dest', this.host.self), text('ipaddr', g.key), text('weown', 'yes'), text('ok', 'OK')]
    this.node.send([text('t', 'ip-request-resp'), ...answer])
  }

  hear(type: string, m: Message, from: string): void {
    const g = this.host.config.groups.find((x) => x.key === get(m, 'ipaddr'))
    if (g === undefined) return
    if (type === 'ip-request-resp') {
      if (get(m, 'dest') === this.host.self && get(m, 'ok') === 'OK') {
        this.host.children.notify(
          () => this.host.unlessLeaving([{ take: g }]),
          () => {},
        )
      }
      return
    }
    if (from === this.host.self) return
    this.host.children.notify(
      () => [{ give: g }],
      () => {
        const answer = [text('dest', from), text('ipaddr', g.key), text('weown', 'yes'), text('ok', 'OK')]
        this.node.send([text('t', 'ip-request-resp'), ...answer])
      },
    )
  }
}
