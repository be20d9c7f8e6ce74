/** The media and the pings of the present configuration; a reload opens anew what changed, and nothing else. */
import type { Config } from '../config/types.ts'
import { createLinks, type Links, type LinksCallbacks } from '../links/links.ts'
import { createPings, type PingCallbacks, type Pings } from '../links/ping.ts'

export type Carried = Pick<Config, 'media'> & { readonly cluster: Pick<Config['cluster'], 'pingNodes'> }

export class Carriers {
  private links: Links
  private pings: Pings
  private now: Carried

  constructor(
    config: Carried,
    private readonly toLinks: LinksCallbacks,
    private readonly toPings: PingCallbacks,
  ) {
    this.now = config
    this.links = createLinks(config.media, toLinks)
    this.pings = createPings(config.cluster.pingNodes, toPings)
  }

  /** What has not changed is not touched. */
  change(next: Carried): void {
    const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
    if (!same(next.media, this.now.media)) {
      this.links.close()
      this.links = createLinks(next.media, this.toLinks)
    }
    if (!same(next.cluster.pingNodes, this.now.cluster.pingNodes)) {
      this.pings.close()
      this.pings = createPings(next.cluster.pingNodes, this.toPings)
    }
    this.now = next
  }

  send(datagram: Uint8Array): void {
    this.links.send(datagram)
  }

  beat(payloadFor: Parameters<Pings['beat']>[0]): void {
    this.pings.beat(payloadFor)
  }

  refresh(): void {
    this.links.refresh()
  }

  drain(): void {
    this.links.drain()
    this.pings.drain()
  }

  close(): void {
    this.links.close()
    this.pings.close()
  }
}
