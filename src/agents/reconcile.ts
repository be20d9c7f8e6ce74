/** The addresses that this node should have and those that it has, compared; and the leases of those it holds renewed. */
import type { Resource } from '../config/types.ts'
import { type Address, replaceAddress } from '../linux/addresses.ts'
import { formatIp } from '../linux/ip.ts'
import { leaseMs as surelyWithinMs } from '../resources/assertion.ts'
import { type Addresses, explain } from './address.ts'
import { type AddressSpec, isAddress, isProblem, parseArgument } from './argument.ts'
import { placed } from './place.ts'
import { removeAddress } from './remove.ts'
import type { Scene } from './scene.ts'

/** Something that was not as wanted. 'failed': it could not be put right; said once until the reason changes. */
export interface Repair {
  readonly resource: string
  readonly what: 'put-back' | 'removed' | 'failed'
  readonly detail: string
}

interface Wanted {
  readonly resource: Resource
  readonly spec: AddressSpec
}

/** A lease that has to last from one renewal to the next is longer by this: wake-ups may be late. */
const RENEWAL_SLACK_MS = 400

/**
 * The lease in seconds for an address that may outlive the decision loop by leaseMs: the largest whole number that
 * surely ends within it, at least 1, and long enough to last from one renewal to the next, beatMs apart.
 */
export function leaseSeconds(leaseMs: number, beatMs = 0): number {
  const lasting = beatMs === 0 ? 1 : Math.ceil((beatMs + RENEWAL_SLACK_MS) / 1000)
  return Math.max(surelyWithinMs(leaseMs) / 1000, lasting)
}

export class Reconciler {
  readonly #addresses: Addresses
  readonly #nowMs: () => number
  readonly #failures = new Map<string, string>()
  #renewedMs = Number.NEGATIVE_INFINITY

  constructor(addresses: Addresses, nowMs: () => number = () => performance.now()) {
    this.#addresses = addresses
    this.#nowMs = nowMs
  }

  /**
   * wanted: what must be here; known: addresses of the configuration, of which those that are not wanted are removed
   * wherever they are. An address in neither list is let alone. Puts back what is missing, takes over what is there
   * without a lease, and renews. Never throws.
   */
  reconcile(wanted: readonly Resource[], known: readonly Resource[], leaseS: number | null): Repair[] {
    const mine = parse(wanted)
    const ips = new Set(mine.map((w) => formatIp(w.spec.ip)))
    const strays = parse(known).filter((k) => !ips.has(formatIp(k.spec.ip)))
    if (mine.length === 0 && strays.length === 0) return []
    return this.#guarded('', () => {
      const scene = this.#addresses.scenes.scene()
      const repairs = [
        ...mine.flatMap((w) => this.#guarded(w.resource.text, () => this.#keep(w, scene, leaseS))),
        ...strays.flatMap((k) => this.#guarded(k.resource.text, () => this.#banish(k, scene))),
      ]
      const now = repairs.length === 0 ? scene : this.#addresses.scene()
      return [...repairs, ...this.#renewWhenDue(mine, now, leaseS)]
    })
  }

  /** Takes the lifetime off those that are there; those that are not are let alone. Never throws. */
  keep(resources: readonly Resource[]): Repair[] {
    return this.#guarded('', () => {
      const scene = this.#addresses.scenes.scene()
      const entries = parse(resources).flatMap((w) => placed(scene.present, w.spec, scene.interfaces))
      for (const a of entries.filter((e) => e.validS !== null)) {
        this.#renewedMs = Number.NEGATIVE_INFINITY
        replaceAddress(this.#addresses.netlink, { ...a, leaseS: null })
      }
      return []
    })
  }

  /** Renews the leases of those that are there, unless they were renewed less than a quarter of the lease ago. */
  renew(resources: readonly Resource[], leaseS: number | null): Repair[] {
    return this.#guarded('', () => this.#renewWhenDue(parse(resources), this.#addresses.scenes.scene(), leaseS))
  }

  #keep(w: Wanted, scene: Scene, leaseS: number | null): Repair[] {
    const held = this.#addresses.held.get(w.resource.text)
    const entries = placed(scene.present, w.spec, scene.interfaces)
    const device = held?.device ?? w.spec.device
    const here = entries.filter((a) => device === null || nameOf(a, scene) === device)
    const prefix = held?.prefix ?? w.spec.prefix
    const right = here.find((a) => (prefix === null || a.prefix === prefix) && !a.tentative)
    if (right && entries.length === 1) {
      if (held) return this.#well(w)
      this.#addresses.adopt(w.resource, w.spec, nameOf(right, scene), right.prefix)
      this.#renewedMs = Number.NEGATIVE_INFINITY
      this.#addresses.announce(w.resource, 'it was here already')
      return this.#well(w)
    }
    const result = this.#addresses.put(
      w.resource,
      held ? { ...w.spec, device: held.device, prefix: held.prefix } : w.spec,
      leaseS,
      false,
    )
    if (result.outcome !== 'ok') return this.#failed(w.resource.text, result.detail)
    this.#renewedMs = Number.NEGATIVE_INFINITY
    this.#addresses.announce(w.resource, right ? 'it was found elsewhere too' : 'it was missing and has been put back')
    return [
      ...this.#well(w),
      { resource: w.resource.text, what: right ? 'removed' : 'put-back', detail: result.detail },
    ]
  }

  #banish(k: Wanted, scene: Scene): Repair[] {
    const entries = placed(scene.present, k.spec, scene.interfaces)
    if (entries.length === 0) return this.#well(k)
    this.#addresses.forget(k.resource)
    const detail = entries.flatMap((a) => removeAddress(this.#addresses.netlink, a)).join('; ')
    return [...this.#well(k), { resource: k.resource.text, what: 'removed', detail }]
  }

  /** All at once, so that their ends fall together: the kernel may let a second pass between two ends. */
  #renewWhenDue(mine: readonly Wanted[], scene: Scene, leaseS: number | null): Repair[] {
    const entries = mine.flatMap((w) => placed(scene.present, w.spec, scene.interfaces))
    const quarterMs = leaseS === null ? Number.POSITIVE_INFINITY : leaseS * 250
    // Whatever lifetime is left from before the lease was switched off would still end.
    const unlimited = leaseS === null && entries.some((a) => a.validS !== null)
    const nowMs = this.#nowMs()
    if (entries.length === 0 || (!unlimited && nowMs - this.#renewedMs < quarterMs)) return []
    this.#renewedMs = nowMs
    return entries.flatMap((a) =>
      this.#guarded(formatIp(a.ip), () => {
        replaceAddress(this.#addresses.netlink, { ...a, leaseS })
        return []
      }),
    )
  }

  #guarded(resource: string, action: () => Repair[]): Repair[] {
    try {
      return action()
    } catch (error) {
      return this.#failed(resource, explain(error))
    }
  }

  #failed(resource: string, detail: string): Repair[] {
    if (this.#failures.get(resource) === detail) return []
    this.#failures.set(resource, detail)
    return [{ resource, what: 'failed', detail }]
  }

  #well(w: Wanted): Repair[] {
    this.#failures.delete(w.resource.text)
    return []
  }
}

/** The same resources come with every beat. */
const parsed = new WeakMap<Resource, readonly Wanted[]>()

function parse(resources: readonly Resource[]): Wanted[] {
  return resources.flatMap((resource) => {
    const known = parsed.get(resource)
    if (known !== undefined) return known
    const spec = isAddress(resource) ? parseArgument(resource) : null
    const wanted = spec === null || isProblem(spec) ? [] : [{ resource, spec }]
    parsed.set(resource, wanted)
    return wanted
  })
}

const nameOf = (a: Address, scene: Scene): string => scene.interfaces.find((i) => i.index === a.index)?.name ?? ''
