/** What is on this host's interfaces, for the status page: wanted, held and announced are three things. */
import { isAddress, isProblem, parseArgument } from '../agents/argument.ts'
import { placed } from '../agents/place.ts'
import type { Resource } from '../config/types.ts'
import type { AddressFact } from '../http/source.ts'
import type { Snapshot } from '../io.ts'
import { type Address, listAddresses } from '../linux/addresses.ts'
import { type Interface, listInterfaces } from '../linux/interfaces.ts'
import { formatIp } from '../linux/ip.ts'
import { Netlink } from '../linux/netlink.ts'

export interface FactsOptions {
  readonly resources: () => readonly { readonly group: string; readonly resource: Resource }[]
  readonly snapshot: () => Snapshot
  /** The resources (as written) whose announcement went out since they were last taken. */
  readonly announced: (resource: string) => boolean
}

/** One row for each address of haresources. What cannot be asked of the kernel is shown as not held. */
export function addressFacts(options: FactsOptions): AddressFact[] {
  const { interfaces, present } = look()
  const groups = new Map(options.snapshot().groups.map((g) => [g.key, g]))
  return options.resources().flatMap(({ group, resource }) => {
    if (!isAddress(resource)) return []
    const spec = parseArgument(resource)
    if (isProblem(spec)) return []
    const entry = placed(present, spec, interfaces)[0]
    const device = entry === undefined ? (spec.device ?? '') : nameOf(entry, interfaces)
    return [
      {
        address: formatIp(spec.ip),
        group,
        wanted: groups.get(group)?.wanted === true,
        held: entry !== undefined,
        announced: entry !== undefined && options.announced(resource.text),
        leaseSecondsLeft: entry?.validS ?? null,
        device,
        label: entry?.label ?? '',
      },
    ]
  })
}

let netlink: Netlink | null = null

function look(): { interfaces: readonly Interface[]; present: readonly Address[] } {
  try {
    netlink ??= new Netlink()
    return { interfaces: listInterfaces(netlink), present: listAddresses(netlink) }
  } catch {
    netlink = null
    return { interfaces: [], present: [] }
  }
}

const nameOf = (entry: Address, interfaces: readonly Interface[]) =>
  interfaces.find((i) => i.index === entry.index)?.name ?? ''
