import type { Medium } from '../config/types.ts'
import { Link, type LinkCounters } from './link.ts'
import { bestReceiveMode, type ReceiveMode } from './receiver.ts'
import type { Lookup } from './resolver.ts'
import type { DatagramMedium } from './sender.ts'

export interface LinksCallbacks {
  /** source is the sender's address without port. A node hears its own broadcasts and looped multicasts too. */
  onDatagram(link: string, data: Uint8Array, source: string): void
  /** Once for each link soon after creation, then whenever up or detail changes; never from within a call to Links. */
  onState(link: string, up: boolean, detail: string): void
}

export interface LinksOptions {
  /** How soon a link that is down is looked at again; default 250. */
  readonly retryMs?: number
  /** How often links that are up are looked at; default 2000. */
  readonly checkMs?: number
  readonly mode?: ReceiveMode
  readonly lookup?: Lookup
}

export interface Links {
  /** To every medium. Never throws, never waits. */
  send(datagram: Uint8Array): void
  /** Looks at the interfaces now: to be called when the kernel reports a change. */
  refresh(): void
  /** Delivers everything that waits in the sockets before it returns; the number of datagrams. */
  drain(): number
  /** By name of link; the numbers only grow. */
  counters(): ReadonlyMap<string, Readonly<LinkCounters>>
  /** By name of link, as it is now. */
  states(): ReadonlyMap<string, { readonly up: boolean; readonly detail: string }>
  close(): void
}

const SERIAL = 'serial lines are not driven; use ucast over a second interface in its place'

/** Opens every medium that can be opened; those that cannot are links that are down and are tried again. */
export function createLinks(media: readonly Medium[], callbacks: LinksCallbacks, options: LinksOptions = {}): Links {
  const reported = new Map<string, string>()
  const links: Link[] = []
  let open = true
  let reporting = false
  let draining = false

  const states = (): Map<string, { up: boolean; detail: string }> => {
    const serial = media.flatMap((m) =>
      m.kind === 'serial' ? [[m.device, { up: false, detail: SERIAL }] as const] : [],
    )
    return new Map([...links.map((link) => [link.name, { up: link.up, detail: link.detail }] as const), ...serial])
  }
  const report = (): void => {
    reporting = false
    if (!open) return
    for (const [name, { up, detail }] of states()) {
      const text = `${up} ${detail}`
      if (reported.get(name) === text) continue
      reported.set(name, text)
      if (detail !== '' && !soon) {
        soon = true
        arm()
      }
      callbacks.onState(name, up, detail)
      if (!open) return
    }
  }
  const onChange = (): void => {
    if (reporting) return
    reporting = true
    queueMicrotask(report)
  }
  const refresh = (): void => {
    for (const link of links) link.refresh()
  }

  const { retryMs = 250, checkMs = 2000, mode = bestReceiveMode, lookup } = options
  for (const [name, list] of byDevice(media)) {
    links.push(new Link(name, list, { mode, lookup, onChange, onDatagram: callbacks.onDatagram }))
  }
  refresh()
  onChange()

  let timer: ReturnType<typeof setTimeout>
  let soon = true
  const arm = (): void => {
    clearTimeout(timer)
    timer = setTimeout(
      () => {
        refresh()
        soon = links.some((link) => link.detail !== '')
        arm()
      },
      soon ? retryMs : checkMs,
    )
  }
  arm()

  return {
    send: (datagram) => {
      if (!open) return
      for (const link of links) link.send(datagram)
    },
    refresh: () => {
      if (open) refresh()
    },
    drain: () => {
      if (draining || !open) return 0
      draining = true
      try {
        return links.reduce((count, link) => count + link.drain(), 0)
      } finally {
        draining = false
      }
    },
    counters: () => new Map(links.map((link) => [link.name, { ...link.counters }])),
    states,
    close: () => {
      open = false
      clearTimeout(timer)
      for (const link of links) link.close()
    },
  }
}

function byDevice(media: readonly Medium[]): Map<string, DatagramMedium[]> {
  const devices = new Map<string, DatagramMedium[]>()
  for (const medium of media) {
    if (medium.kind !== 'serial') devices.set(medium.device, [...(devices.get(medium.device) ?? []), medium])
  }
  return devices
}
