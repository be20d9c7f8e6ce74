/** Which of the capabilities that hb uses it has, and what each is for. */
import { readFileSync } from 'node:fs'

export interface Capability {
  readonly name: string
  readonly bit: number
  /** What stops working without it. */
  readonly use: string
}

export const CAPABILITIES: readonly Capability[] = [
  { name: 'CAP_NET_BIND_SERVICE', bit: 10, use: 'to use UDP port 694 and other ports below 1024' },
  { name: 'CAP_NET_ADMIN', bit: 12, use: 'to add and remove addresses' },
  { name: 'CAP_NET_RAW', bit: 13, use: 'to announce addresses by ARP, to ping, and to bind links to interfaces' },
  { name: 'CAP_IPC_LOCK', bit: 14, use: 'to lock memory (realtime)' },
  { name: 'CAP_SYS_NICE', bit: 23, use: 'to run at realtime priority' },
]

/** The capabilities that are missing, given the text of /proc/<pid>/status; all of them if it has no CapEff line. */
export function missingIn(status: string): Capability[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-fA-F]+)/m.exec(status)?.[1] ?? '0'}`)
  return CAPABILITIES.filter((c) => ((effective >> BigInt(c.bit)) & 1n) === 0n)
}

/** The capabilities that this process lacks. Throws when /proc is not mounted. */
export const missingCapabilities = (): Capability[] => missingIn(readFileSync('/proc/self/status', 'latin1'))
