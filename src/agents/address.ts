/** IPaddr, IPaddr2 and IPv6addr without scripts: start, stop and status of a service address by netlink. */
import type { Resource } from '../config/types.ts'
import { type Address, addAddress, deleteAddress, listAddresses, replaceAddress } from '../linux/addresses.ts'
import { listInterfaces, setUp } from '../linux/interfaces.ts'
import { formatIp, parseMac, sameBytes } from '../linux/ip.ts'
import { codeOf, reasonOf } from '../linux/libc.ts'
import { Netlink } from '../linux/netlink.ts'
import type { Announced } from './announce.ts'
import { type AddressSpec, isProblem, parseArgument } from './argument.ts'
import { chooseLabel, choosePlace, chooseScope, type Place, placed } from './place.ts'
import { removeAddress } from './remove.ts'
import { type Scene, Scenes } from './scene.ts'
import type { AgentResult } from './types.ts'

export interface AddressesOptions {
  readonly announce: (what: Announced, cause: string) => unknown
  readonly silence: (key: string) => void
}

/** An address that this node holds: what was asked for, and where it went. */
export interface Held {
  readonly resource: Resource
  readonly spec: AddressSpec
  readonly device: string
  readonly prefix: number
}

/** What the announcement of an address that another host has goes by. */
const elsewhere = (resource: Resource): string => `${resource.text}, elsewhere`

export class Addresses {
  readonly #options: AddressesOptions
  readonly #held = new Map<string, Held>()
  /** Taken off the loopback interface at start, to be put back at stop (hosts behind LVS). */
  readonly #loopback = new Map<string, Address>()
  readonly scenes = new Scenes(() => this.netlink)
  #netlink: Netlink | undefined

  constructor(options: AddressesOptions) {
    this.#options = options
  }

  /** The netlink socket, opened at first use. Throws SystemError. */
  get netlink(): Netlink {
    this.#netlink ??= new Netlink()
    return this.#netlink
  }

  /** The addresses started (or taken over) and not stopped, by resource. */
  get held(): ReadonlyMap<string, Held> {
    return this.#held
  }

  close(): void {
    this.scenes.close()
    this.#netlink?.close()
    this.#netlink = undefined
  }

  /** Puts the address on its interface for leaseS seconds (null: for ever) and announces it. Never throws. */
  start(resource: Resource, leaseS: number | null): AgentResult {
    return this.#attempt(resource, (spec) => {
      const result = this.put(resource, spec, leaseS, true)
      if (result.outcome === 'ok') this.announce(resource, 'started')
      return result
    })
  }

  /** Takes exactly this address away, wherever it is; not there is well, too. Never throws. */
  stop(resource: Resource): AgentResult {
    this.forget(resource)
    return this.#attempt(resource, (spec) => {
      const { interfaces, present } = this.scene()
      const entries = placed(present, spec, interfaces)
      const notes = entries.flatMap((entry) => removeAddress(this.netlink, entry))
      this.#restoreLoopback(resource)
      return answer('ok', entries.length === 0 ? `${formatIp(spec.ip)} was not here` : notes.join('; '))
    })
  }

  /** Is the address where it belongs? Never throws. */
  status(resource: Resource): AgentResult {
    return this.#attempt(resource, (spec) => {
      const { interfaces, present } = this.scene()
      const name = (a: Address): string => interfaces.find((i) => i.index === a.index)?.name ?? `interface ${a.index}`
      const entries = placed(present, spec, interfaces)
      const right = entries.find((a) => (spec.device === null || name(a) === spec.device) && fits(a, spec))
      const show = (a: Address): string => `${formatIp(a.ip)}/${a.prefix} on ${a.label ?? name(a)}`
      if (right?.tentative) return answer('stopped', `${show(right)}, but a duplicate was detected`)
      if (right) return answer('running', show(right))
      const wrong = entries.map((a) => `${show(a)}, wanted ${wantedText(spec)}`)
      return answer('stopped', wrong.join('; ') || `${formatIp(spec.ip)} is not here`)
    })
  }

  /** Announces a held address once more; does nothing for one that is not held. */
  announce(resource: Resource, cause: string): unknown {
    const held = this.#held.get(resource.text)
    if (!held) return
    const { spec, device } = held
    this.#options.silence(elsewhere(resource))
    return this.#options.announce({ key: resource.text, agent: spec.agent, ip: spec.ip, device }, cause)
  }

  /** Announces a held address as another host's, which goes on when it is given up here. */
  redirect(resource: Resource, mac: string, cause: string): void {
    const held = this.#held.get(resource.text)
    const bytes = parseMac(mac)
    if (!held || !bytes) return
    const { spec, device } = held
    this.#options.announce({ key: elsewhere(resource), agent: spec.agent, ip: spec.ip, device, mac: bytes }, cause)
  }

  /** Interfaces and addresses, asked for anew. Throws SystemError. */
  scene(): Scene {
    this.scenes.stale()
    return this.scenes.scene()
  }

  /** Remembers an address that is there already as held. */
  adopt(resource: Resource, spec: AddressSpec, device: string, prefix: number): void {
    this.#held.set(resource.text, { resource, spec, device, prefix })
  }

  /** Silences an address and no longer counts it as held. */
  forget(resource: Resource): void {
    this.#options.silence(resource.text)
    this.#held.delete(resource.text)
    this.scenes.stale()
  }

  /**
   * Brings the address to its place: renews it where it is there, moves it when it is elsewhere or has another prefix
   * length, adds it otherwise. Throws SystemError.
   */
  put(resource: Resource, spec: AddressSpec, leaseS: number | null, switchOn: boolean): AgentResult {
    this.scenes.stale()
    const present = listAddresses(this.netlink)
    const place = choosePlace(this.netlink, spec, present)
    if (typeof place === 'string') return answer('failed', place)
    if (!place.device.up && switchOn) setUp(this.netlink, place.device.name)
    this.#clearLoopback(resource, spec, place, present)
    const entries = placed(present, spec, listInterfaces(this.netlink))
    const exact = entries.find((a) => a.index === place.device.index && a.prefix === place.prefix && !a.tentative)
    const notes = entries.filter((a) => a !== exact).flatMap((a) => this.#clear(a, spec, place))
    if (exact) replaceAddress(this.netlink, { ...exact, leaseS })
    else this.#add(spec, place, leaseS)
    this.adopt(resource, spec, place.device.name, place.prefix)
    const where = `${formatIp(spec.ip)}/${place.prefix} on ${place.device.name}`
    return answer('ok', [exact ? `${where} was here already: taken over` : where, ...notes].join('; '))
  }

  #add(spec: AddressSpec, place: Place, leaseS: number | null): void {
    const present = listAddresses(this.netlink)
    const label = chooseLabel(spec, place, present)
    const scope = chooseScope(spec, place, present)
    const { prefix, broadcast } = place
    addAddress(this.netlink, { index: place.device.index, ip: spec.ip, prefix, label, broadcast, leaseS, scope })
  }

  #clear(entry: Address, spec: AddressSpec, place: Place): string[] {
    const why = entry.tentative
      ? 'was held up by duplicate detection'
      : entry.index === place.device.index
        ? `had /${entry.prefix} instead of /${place.prefix}`
        : `was on interface ${entry.index} instead of ${place.device.name}`
    return [`${formatIp(spec.ip)} ${why}: moved`, ...removeAddress(this.netlink, entry).slice(1)]
  }

  #clearLoopback(resource: Resource, spec: AddressSpec, place: Place, present: readonly Address[]): void {
    if (spec.agent !== 'IPaddr2' || place.device.loopback) return
    const loopbacks = listInterfaces(this.netlink).filter((i) => i.loopback)
    const entry = present.find(
      (a) => sameBytes(a.ip, spec.ip) && a.prefix === 8 * a.ip.length && loopbacks.some((i) => i.index === a.index),
    )
    if (!entry) return
    deleteAddress(this.netlink, entry)
    this.#loopback.set(resource.text, entry)
  }

  #restoreLoopback(resource: Resource): void {
    const entry = this.#loopback.get(resource.text)
    this.#loopback.delete(resource.text)
    if (entry) addAddress(this.netlink, { ...entry, leaseS: entry.validS })
  }

  #attempt(resource: Resource, action: (spec: AddressSpec) => AgentResult): AgentResult {
    const spec = parseArgument(resource)
    if (isProblem(spec)) {
      return answer('failed', `${spec.file}:${spec.line}: ${spec.word}: ${spec.message}: ${spec.remedy}`)
    }
    try {
      return action(spec)
    } catch (error) {
      return answer('failed', explain(error))
    }
  }
}

/** An address is acceptable with any prefix length, except that IPaddr2 means the one it was given. */
const fits = (a: Address, spec: AddressSpec): boolean =>
  spec.agent !== 'IPaddr2' || spec.prefix === null || a.prefix === spec.prefix

const wantedText = (spec: AddressSpec): string =>
  `${spec.prefix === null ? '' : `/${spec.prefix} `}on ${spec.device ?? 'the interface of its network'}`

const answer = (outcome: AgentResult['outcome'], detail: string): AgentResult => ({ outcome, code: null, detail })

/** The reason with its remedy. */
export function explain(error: unknown): string {
  return codeOf(error) === 'EPERM' ? `${reasonOf(error)}: hb needs CAP_NET_ADMIN (run it as root)` : reasonOf(error)
}
