/** The Ethernet segment that the clients are in: what each client believes about who has an address. */
export class Segment {
  /** Client -> address -> host, as its ARP table says. */
  readonly tables: ReadonlyMap<string, Map<string, string>>

  constructor(clients: readonly string[]) {
    this.tables = new Map(clients.map((c) => [c, new Map()]))
  }

  /** A gratuitous ARP: everyone on the segment believes it. */
  announce(address: string, host: string): void {
    for (const table of this.tables.values()) table.set(address, host)
  }

  /** Clients that would send to somebody else than that host. */
  mistaken(address: string, host: string): string[] {
    return [...this.tables].filter(([, table]) => table.get(address) !== host).map(([client]) => client)
  }
}
