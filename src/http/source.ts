/** What the status endpoint is given to look at. It changes nothing and knows nothing else of the daemon. */
import type { Snapshot } from '../io.ts'

/** One address resource as this host has it: what is meant, what is on the interface, and what the network was told. */
export interface AddressFact {
  /** Without prefix length, as people write it. */
  readonly address: string
  /** Key of its group. */
  readonly group: string
  /** This node means to hold it. */
  readonly wanted: boolean
  /** It is on an interface of this host. */
  readonly held: boolean
  /** Its announcement went out since it was last taken. */
  readonly announced: boolean
  /** Until the kernel takes it away by itself, or null for an address without a lease. */
  readonly leaseSecondsLeft: number | null
  /** Interface, or '' when not known. */
  readonly device: string
  /** Alias such as eth0:0, or ''. */
  readonly label: string
}

/** The same moment on both clocks, milliseconds. */
export interface ClockReading {
  /** Monotonic. */
  readonly ms: number
  /** Since 1970. */
  readonly wallMs: number
}

export interface Health {
  /** The decision loop turns. */
  readonly live: boolean
  /** Nothing that the daemon knows of stands in the way of its duty. */
  readonly ready: boolean
  /** What is wrong, one line; '' when nothing is. */
  readonly why: string
}

export interface StatusSource {
  snapshot(): Snapshot
  clock(): ClockReading
  addresses(): readonly AddressFact[]
  readonly version: string
  /** Datagrams refused, by reason, since the daemon's start. */
  refusals(): Readonly<Record<string, number>>
  healthy(): Health
  /** How late the decision loop woke: the last time, and at worst since the start. */
  lateness(): { readonly lastMs: number; readonly maxMs: number }
}
