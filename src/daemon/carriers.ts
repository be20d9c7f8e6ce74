/** The media and the pings of the present configuration; a reload opens anew what changed, and nothing else. */
import type { Config, Medium } from '../config/types.ts'
import { createLinks, type Links, type LinksCallbacks } from '../links/links.ts'
import { createPings, type PingCallbacks, type Pings } from '../links/ping.ts'

export type Carried = Pick<Config, 'media'> & { readonly cluster: Pick<Config['cluster'], 'pingNodes'> }

interface Carrier {
  readonly media: readonly Medium[]
  readonly links: Links
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

export class Carriers {
  /** By device, so that a change of one does not close the others. */
  private readonly byDevice = new Map<string, Carrier>()
  private pings: Pings
  private now: Carried

  constructor(
    config: Carried,
    private readonly toLinks: LinksCallbacks,
    private readonly toPings: PingCallbacks,
  ) {
    this.now = config
    this.open(config.media)
    this.pings = createPings(config.cluster.pingNodes, toPings)
  }

  /** What has not changed is not touched; what waits in a socket that is to be closed is heard first. */
  change(next: Carried): void {
    this.open(next.media)
    if (!same(next.cluster.pingNodes, this.now.cluster.pingNodes)) {
      this.pings.drain()
      this.pings.close()
      this.pings = createPings(next.cluster.pingNodes, this.toPings)
    }
    this.now = next
  }

  private open(media: readonly Medium[]): void {
    const wanted = Map.groupBy(media, (m) => m.device)
    for (const [device, { media: old, links }] of this.byDevice) {
      if (same(wanted.get(device), old)) continue
      links.drain()
      links.close()
      this.byDevice.delete(device)
    }
    for (const [device, list] of wanted) {
      if (!this.byDevice.has(device)) this.byDevice.set(device, { media: list, links: createLinks(list, this.toLinks) })
    }
  }

  send(datagram: Uint8Array): void {
    for (const { links } of this.byDevice.values()) links.send(datagram)
  }

  beat(payloadFor: Parameters<Pings['beat']>[0]): void {
    this.pings.beat(payloadFor)
  }

  refresh(): void {
    for (const { links } of this.byDevice.values()) links.refresh()
  }

  drain(): void {
    for (const { links } of this.byDevice.values()) links.drain()
    this.pings.drain()
  }

  close(): void {
    for (const { links } of this.byDevice.values()) links.close()
    this.pings.close()
  }
}
