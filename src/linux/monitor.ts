/** Hears from the kernel when an interface or an address changes. */
import { type Address, parseAddress } from './addresses.ts'
import { type Interface, parseInterface } from './interfaces.ts'
import { codeOf } from './libc.ts'
import { messages, netlinkAddress, RTM } from './netlink.ts'
import { AF_NETLINK, RawSocket, SOCK_RAW } from './socket.ts'

export type Change =
  | { readonly kind: 'link'; readonly gone: boolean; readonly interface: Interface }
  | { readonly kind: 'address'; readonly gone: boolean; readonly address: Address }
  /** The kernel had more to say than fits: look at everything again. */
  | { readonly kind: 'overrun' }

const LINK = 0x1
const IPV4_IFADDR = 0x10
const IPV6_IFADDR = 0x100
const DATAGRAMS_MAX = 256

export class Monitor {
  readonly #socket = new RawSocket('the netlink monitor', AF_NETLINK, SOCK_RAW, 0)
  readonly #buffer = new Uint8Array(65536)

  /** Listens from now on. Throws SystemError. */
  constructor() {
    this.#socket.bind(netlinkAddress(LINK | IPV4_IFADDR | IPV6_IFADDR))
  }

  /** What changed since the last poll, in order; never waits. Reads a bounded part, the rest at the next poll. */
  poll(): Change[] {
    const changes: Change[] = []
    for (let n = 0; n < DATAGRAMS_MAX; n++) {
      const length = this.#receive(changes)
      if (length < 0) break
      for (const m of messages(this.#buffer.subarray(0, length))) {
        if (m.type === RTM.NEWLINK || m.type === RTM.DELLINK) {
          const found = parseInterface(m)
          if (found) changes.push({ kind: 'link', gone: m.type === RTM.DELLINK, interface: found })
        } else if (m.type === RTM.NEWADDR || m.type === RTM.DELADDR) {
          const found = parseAddress(m)
          if (found) changes.push({ kind: 'address', gone: m.type === RTM.DELADDR, address: found })
        }
      }
    }
    return changes
  }

  close(): void {
    this.#socket.close()
  }

  #receive(changes: Change[]): number {
    try {
      return this.#socket.receive(this.#buffer)
    } catch (error) {
      if (codeOf(error) !== 'ENOBUFS') throw error
      changes.push({ kind: 'overrun' })
      return 0
    }
  }
}
