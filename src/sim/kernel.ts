/** One host's kernel: its addresses with their leases, and clocks that may stand still while a machine is paused. */
import type { Agenda } from './agenda.ts'
import type { Dice } from './dice.ts'

/** The kernel takes an address away this much after its lifetime at most (measured: 0 to 330 ms). */
export const LEASE_LATE_MS = 330

interface Address {
  /** In the kernel's own time; null: for ever. */
  expiresMs: number | null
}

export class Kernel {
  readonly addresses = new Map<string, Address>()
  private stoodStillMs = 0
  private stoppedAtMs: number | null = null

  constructor(
    private readonly agenda: Agenda,
    private readonly dice: Dice,
    private readonly worldMs: () => number,
    private readonly gone: (address: string) => void,
  ) {}

  /** Monotonic time on this host. */
  get ms(): number {
    return (this.stoppedAtMs ?? this.worldMs()) - this.stoodStillMs
  }

  stop(): void {
    this.stoppedAtMs = this.worldMs()
  }

  /** jump: the clock was told how long it stood still. */
  go(jump: boolean): void {
    if (this.stoppedAtMs !== null && !jump) this.stoodStillMs += this.worldMs() - this.stoppedAtMs
    this.stoppedAtMs = null
    for (const name of [...this.addresses.keys()]) this.watch(name)
  }

  /** True if it was not there. */
  set(address: string, leaseMs: number | null): boolean {
    const fresh = !this.addresses.has(address)
    const expiresMs = leaseMs === null ? null : this.ms + leaseMs + this.dice.between(0, LEASE_LATE_MS)
    this.addresses.set(address, { expiresMs })
    this.watch(address)
    return fresh
  }

  delete(address: string): boolean {
    return this.addresses.delete(address)
  }

  /** Power off. */
  clear(): void {
    this.addresses.clear()
    this.stoppedAtMs = null
  }

  private watch(address: string): void {
    const at = this.addresses.get(address)?.expiresMs
    if (at === null || at === undefined || this.stoppedAtMs !== null) return
    this.agenda.at(Math.max(this.worldMs(), at + this.stoodStillMs), () => {
      const entry = this.addresses.get(address)
      if (entry?.expiresMs !== at || this.stoppedAtMs !== null || this.ms < at) return
      this.addresses.delete(address)
      this.gone(address)
    })
  }
}
