/** The argument of IPaddr, IPaddr2 and IPv6addr: `ip[/netmask[/interface[:label]][/broadcast]]`. Pure. */
import { type AddressAgent, isAddress } from '../config/address-agents.ts'
import type { Problem, Resource } from '../config/types.ts'
import { broadcastOf, formatIp, parseIp, prefixOf, sameBytes } from '../linux/ip.ts'

export { type AddressAgent, isAddress }

export interface AddressSpec {
  readonly agent: AddressAgent
  /** Four or sixteen bytes. */
  readonly ip: Uint8Array
  readonly prefix: number | null
  readonly device: string | null
  /** The whole label, such as eth0:web; only IPaddr2 takes one from the argument. */
  readonly label: string | null
  /** null: the agent's default; '+': computed; '-': none. */
  readonly broadcast: Uint8Array | '+' | '-' | null
}

/** A label, colon and interface included, is what ifconfig shows as the name; the kernel keeps that many bytes. */
export const LABEL_MAX = 15

const GRAMMAR = 'expected ip[/netmask[/interface[:label]][/broadcast]], such as 10.0.0.5/24/eth0'

/** The meaning of an address resource, or what is wrong with it. */
export function parseArgument(resource: Resource): AddressSpec | Problem {
  const agent = resource.script as AddressAgent
  const complain = (word: string, message: string, remedy: string): Problem => {
    const { file, line, column } = resource
    return { file, line, column, severity: 'error', word, message, remedy }
  }
  try {
    return interpret(agent, wholeArgument(resource))
  } catch (error) {
    if (error instanceof Wrong) return complain(error.word, error.message, error.remedy)
    throw error
  }
}

export const isProblem = (parsed: object): parsed is Problem => 'remedy' in parsed

class Wrong extends Error {
  constructor(
    readonly word: string,
    message: string,
    readonly remedy: string,
  ) {
    super(message)
  }
}

/** haresources splits words at `::`, which an IPv6 address may contain: put it together again. */
function wholeArgument(resource: Resource): string {
  const whole = resource.args.join('::')
  if (whole === '') throw new Wrong(resource.text, `${resource.script} has no address`, GRAMMAR)
  return whole
}

function interpret(agent: AddressAgent, argument: string): AddressSpec {
  const parts = argument.split('/')
  if (parts.length > 4) throw new Wrong(argument, 'too many parts', GRAMMAR)
  const [address, netmask, third, fourth] = parts as [string, string?, string?, string?]
  const ip = readAddress(agent, address)
  const prefix = netmask === undefined ? null : readNetmask(netmask, ip.length)
  const onlyBroadcast = third !== undefined && fourth === undefined && /^[0-9]/.test(third)
  const name = onlyBroadcast ? undefined : third
  const { device, label } = name === undefined ? { device: null, label: null } : readInterface(agent, name, ip.length)
  const word = onlyBroadcast ? third : fourth
  return {
    agent,
    ip,
    prefix,
    device,
    label,
    broadcast: word === undefined ? null : readBroadcast(agent, word, ip, prefix!),
  }
}

function readAddress(agent: AddressAgent, word: string): Uint8Array {
  const ip = parseIp(word)
  if (!ip) throw new Wrong(word, 'not an IP address', GRAMMAR)
  if (ip.length === 16 && agent === 'IPaddr') {
    throw new Wrong(word, 'IPaddr takes IPv4 addresses only', `write IPv6addr::${word}`)
  }
  if (ip.length === 4 && agent === 'IPv6addr') {
    throw new Wrong(word, 'IPv6addr takes IPv6 addresses only', `write IPaddr::${word}`)
  }
  return ip
}

function readNetmask(word: string, bytes: number): number {
  const bits = 8 * bytes
  const mask = bytes === 4 && word.includes('.') ? parseIp(word) : undefined
  const prefix = mask ? prefixOf(mask) : /^[0-9]{1,3}$/.test(word) ? Number(word) : undefined
  if (prefix !== undefined && prefix >= 1 && prefix <= bits) return prefix
  const dotted = bytes === 4 ? ', or a dotted mask such as 255.255.255.0' : ''
  throw new Wrong(word, 'not a netmask', `expected a prefix length from 1 to ${bits}${dotted}`)
}

function readInterface(agent: AddressAgent, word: string, bytes: number): { device: string; label: string | null } {
  const [device, ...rest] = word.split(':') as [string, ...string[]]
  if (!/^[^\s/]{1,15}$/.test(device) || device === '.' || device === '..') {
    throw new Wrong(word, 'not the name of an interface', GRAMMAR)
  }
  if (rest.length === 0 || agent !== 'IPaddr2' || bytes === 16) return { device, label: null }
  if (rest.length > 1 || rest[0] === '') throw new Wrong(word, 'not an interface with label', 'expected eth0:label')
  if (word.length > LABEL_MAX) {
    throw new Wrong(word, `longer than ${LABEL_MAX} characters`, 'the kernel keeps no longer label: shorten it')
  }
  return { device, label: word }
}

function readBroadcast(agent: AddressAgent, word: string, ip: Uint8Array, prefix: number): Uint8Array | '+' | '-' {
  if (ip.length === 16) throw new Wrong(word, 'IPv6 has no broadcast addresses', 'leave it out')
  if (agent === 'IPaddr2' && (word === '+' || word === '-')) return word
  const broadcast = parseIp(word)
  if (broadcast?.length !== 4) throw new Wrong(word, 'not a broadcast address', GRAMMAR)
  const computed = broadcastOf(ip, prefix)
  if (agent === 'IPaddr' && !sameBytes(broadcast, computed)) {
    throw new Wrong(
      word,
      `not the broadcast address of ${formatIp(ip)}/${prefix}`,
      `write ${formatIp(computed)} or leave it out`,
    )
  }
  return broadcast
}
