/** What others do to held addresses: claim them, or take their interface down and up again. */
import { type Conflict, ConflictWatch } from '../linux/arp.ts'
import { reasonOf } from '../linux/libc.ts'
import type { Change } from '../linux/monitor.ts'
import type { Addresses } from './address.ts'
import type { Looks } from './look.ts'

export interface Seen {
  readonly conflicts: Conflict[]
  readonly changes: Change[]
}

/** Opens its sockets at the first poll; what cannot be opened is logged once and done without. */
export class Watch {
  readonly #addresses: Addresses
  readonly #log: (level: 'WARN', text: string) => void
  readonly #looks: Pick<Looks, 'heard'>
  readonly #given = new Set<string>()
  /** Interfaces that were last seen without carrier, or gone. */
  readonly #down = new Set<string>()
  /** Claims since the last poll. */
  readonly #heard: Conflict[] = []
  #conflicts: ConflictWatch | undefined

  constructor(addresses: Addresses, looks: Pick<Looks, 'heard'>, log: (level: 'WARN', text: string) => void) {
    this.#addresses = addresses
    this.#looks = looks
    this.#log = log
  }

  /** What happened since the last poll. Held addresses of an interface that came back are announced again. */
  poll(): Seen {
    this.#hear()
    const changes = this.#try('changes of interfaces', () => this.#addresses.scenes.changes())
    for (const change of changes) if (change.kind === 'link') this.#link(change)
    return { conflicts: this.#heard.splice(0), changes }
  }

  /** To be called before an address is put here: whoever claimed it until then was right. */
  catchUp(): void {
    if (this.#conflicts !== undefined) this.#hear()
  }

  close(): void {
    this.#conflicts?.close()
  }

  #hear(): void {
    this.#heard.push(...this.#try('address conflicts', () => this.#claims()))
  }

  #claims(): Conflict[] {
    this.#conflicts ??= new ConflictWatch()
    const held = [...this.#addresses.held.values()].map((h) => h.spec.ip).filter((ip) => ip.length === 4)
    const ours = () => this.#addresses.scenes.scene().interfaces.map((i) => i.mac)
    return this.#conflicts.poll(held, ours, (ip) => this.#looks.heard(ip))
  }

  #link(change: Extract<Change, { kind: 'link' }>): void {
    const { name, up, carrier } = change.interface
    const held = [...this.#addresses.held.values()].filter((h) => h.device === name)
    if (change.gone || !up || !carrier) {
      if (held.length > 0) this.#down.add(name)
    } else if (this.#down.delete(name)) {
      for (const h of held) this.#addresses.announce(h.resource, `${name} came back`)
    }
  }

  #try<T>(what: string, action: () => T[]): T[] {
    if (this.#given.has(what)) return []
    try {
      return action()
    } catch (error) {
      this.#given.add(what)
      this.#log('WARN', `cannot watch for ${what}: ${reasonOf(error)}`)
      return []
    }
  }
}
