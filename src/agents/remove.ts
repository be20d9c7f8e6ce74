/** Removing one address without losing its neighbours. */
import { type Address, addAddress, deleteAddress, listAddresses } from '../linux/addresses.ts'
import { formatIp } from '../linux/ip.ts'
import { codeOf } from '../linux/libc.ts'
import type { Netlink } from '../linux/netlink.ts'

/**
 * Removes an address and says what it did. When the first address of an IPv4 network goes and promote_secondaries is
 * off, the kernel drops all others of that network on the interface too: they are put back. Throws SystemError.
 */
export function removeAddress(netlink: Netlink, entry: Address): string[] {
  const before = listAddresses(netlink)
  try {
    deleteAddress(netlink, entry)
  } catch (error) {
    if (codeOf(error) !== 'EADDRNOTAVAIL') throw error
  }
  const notes = [`${formatIp(entry.ip)}/${entry.prefix} removed`]
  if (entry.ip.length !== 4 || entry.secondary) return notes
  const left = new Set(listAddresses(netlink).map(keyOf))
  for (const lost of before.filter(
    (a) => a.index === entry.index && keyOf(a) !== keyOf(entry) && !left.has(keyOf(a)),
  )) {
    addAddress(netlink, { ...lost, leaseS: lost.validS })
    notes.push(`${formatIp(lost.ip)}/${lost.prefix}, which the kernel dropped with it, put back`)
  }
  return notes
}

const keyOf = (a: Address): string => `${a.index} ${formatIp(a.ip)}/${a.prefix}`
