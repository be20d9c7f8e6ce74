/** IPv4 and IPv6 addresses as text, and the argument of the address agents. */
import type { Wrong } from './problem.ts'

/** Four numbers from 0 to 255. */
export function isIPv4(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((n) => Number(n) <= 255)
}

/** The eight groups of an IPv6 address as numbers, or null if it is none. A scope (%eth0) is not accepted here. */
export function ipv6Groups(text: string): number[] | null {
  if (text.length > 45 || !text.includes(':')) return null
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (dotted) {
    if (!isIPv4(dotted[2]!)) return null
    const [a, b, c, d] = dotted[2]!.split('.').map(Number) as [number, number, number, number]
    return ipv6Groups(`${dotted[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`)
  }
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[] | undefined]
  if (![...head, ...(tail ?? [])].every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  return [...head, ...Array<string>(tail === undefined ? 0 : missing).fill('0'), ...(tail ?? [])].map((g) =>
    Number.parseInt(g, 16),
  )
}

export const isIPv6 = (text: string): boolean => ipv6Groups(text) !== null

/** The same text for the same address, however it was written; null if it is no address. */
export function canonicalAddress(text: string): string | null {
  if (isIPv4(text)) return text.split('.').map(Number).join('.')
  return (
    ipv6Groups(text)
      ?.map((g) => g.toString(16))
      .join(':') ?? null
  )
}

/** A contiguous dotted netmask (255.255.255.0)? */
export function isNetmask(text: string): boolean {
  if (!isIPv4(text)) return false
  const bits = text
    .split('.')
    .map((n) => Number(n).toString(2).padStart(8, '0'))
    .join('')
  return /^1+0*$/.test(bits)
}

/** Letters, digits, dots, dashes and underscores; what looks like an address must be one. */
export function isHost(text: string): boolean {
  if (/^[\d.]+$/.test(text)) return isIPv4(text)
  return text.length <= 253 && /^[A-Za-z0-9]([A-Za-z0-9._-]*)$/.test(text)
}

/** An interface name as the kernel takes it; a label after a colon counts. */
export const isDevice = (text: string): boolean => /^[^/\s]{1,15}$/.test(text) && text !== '.' && text !== '..'

export const addressGrammar = 'ADDRESS[/NETMASK[/INTERFACE[:LABEL]][/BROADCAST]]'

/** What is wrong with the argument of IPaddr, IPaddr2 or IPv6addr, or null if nothing is. */
export function addressWrong(argument: string): Wrong | null {
  const [ip = '', mask, third, fourth, ...rest] = argument.split('/')
  const wrong = (message: string, remedy = addressGrammar): Wrong => ({ message, remedy })
  const v6 = isIPv6(ip)
  if (!v6 && !isIPv4(ip)) return wrong('not an IPv4 or IPv6 address', `write ${addressGrammar}`)
  if (rest.length > 0) return wrong('too many parts in the address')
  if (mask !== undefined) {
    const prefix = /^\d{1,3}$/.test(mask) ? Number(mask) : 0
    const good = (prefix >= 1 && prefix <= (v6 ? 128 : 32)) || (!v6 && isNetmask(mask))
    if (!good) return wrong('not a netmask', v6 ? 'a prefix length from 1 to 128' : '1 to 32, or like 255.255.255.0')
  }
  if (third === undefined) return null
  const direct = /^\d/.test(third) && fourth === undefined && isIPv4(third)
  if (!direct && !third.split(':').every(isDevice))
    return wrong('not an interface', 'at most 15 characters, as in ip link')
  if (third.length > 15 && !direct)
    return wrong('interface and label are longer than 15 characters', 'shorten the label')
  if (fourth !== undefined && !isIPv4(fourth) && fourth !== '+' && fourth !== '-')
    return wrong('not a broadcast address', 'an IPv4 address, or leave it out')
  return null
}
