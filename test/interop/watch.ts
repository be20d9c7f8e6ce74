/** Who had which address when, from the kernel's own reports on both hosts. */
import type { Subprocess } from 'bun'
import type { Lab } from '../lab/lab.ts'

interface Span {
  readonly host: string
  readonly address: string
  readonly fromMs: number
  toMs: number | null
}

export class Watch {
  private readonly spans: Span[] = []
  private readonly deadHosts = new Set<string>()
  private readonly monitors: Subprocess[] = []

  constructor(private readonly lab: Lab) {}

  async begin(): Promise<void> {
    for (const host of ['node1', 'node2']) {
      // The stamps are taken when the report is read: in real time, or a busy machine would show overlaps that were not.
      const words = ['net', host, 'chrt', '-r', '5', 'ip', '-ts', '-o', '-4', 'monitor', 'address']
      const child = Bun.spawn([`${import.meta.dir}/../lab/lab`, '-n', this.lab.name, ...words], {
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'inherit',
      })
      this.monitors.push(child)
      void this.read(host, child.stdout)
    }
    await Bun.sleep(200)
  }

  private async read(host: string, stream: ReadableStream<Uint8Array>): Promise<void> {
    let rest = ''
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.line(host, line)
    }
  }

  /** `[2026-11-23T00:45:12.123456] Deleted 2: eth0    inet 10.77.0.100/24 ...`; renewals of a lease look like additions. */
  private line(host: string, line: string): void {
    const found = line.match(/^\[([^\]]+)\]\s*(Deleted )?.*inet (10\.77\.0\.1\d\d)\//)
    if (found === null) return
    const atMs = Date.parse(`${found[1]}Z`)
    const address = found[3]!
    const open = this.spans.find((s) => s.host === host && s.address === address && s.toMs === null)
    if (found[2] !== undefined) {
      if (open !== undefined) open.toMs = atMs
    } else if (open === undefined && !this.deadHosts.has(host)) {
      this.spans.push({ host, address, fromMs: atMs, toMs: null })
    }
  }

  /** A host that is dead holds nothing any more, whatever its kernel still answers or has not yet reported. */
  dead(host: string): void {
    this.deadHosts.add(host)
    for (const s of this.spans) if (s.host === host && s.toMs === null) s.toMs = this.nowMs()
  }

  alive(host: string): void {
    this.deadHosts.delete(host)
  }

  /** Who has which address by what was reported, as sorted lines. Throws when nobody looks any more. */
  holders(): string[] {
    const ended = this.monitors.find((m) => m.exitCode !== null || m.signalCode !== null)
    if (ended !== undefined) throw new Error(`a monitor of addresses has ended: ${ended.exitCode ?? ended.signalCode}`)
    return this.spans
      .filter((s) => s.toMs === null)
      .map((s) => `${s.host} ${s.address}`)
      .sort()
  }

  private nowMs(): number {
    // The kernel's stamps are local time without a zone; the lab's machine runs in UTC or the offset cancels out.
    const now = new Date()
    return now.getTime() - now.getTimezoneOffset() * 60_000
  }

  /** How long, since a moment, two live hosts had the same address, in ms; the longest for any address. */
  doubledMs(sinceMs = 0): number {
    let worst = 0
    for (const a of this.spans) {
      for (const b of this.spans) {
        if (a.host >= b.host || a.address !== b.address) continue
        const from = Math.max(a.fromMs, b.fromMs, sinceMs)
        const to = Math.min(a.toMs ?? this.nowMs(), b.toMs ?? this.nowMs())
        worst = Math.max(worst, to - from)
      }
    }
    return worst
  }

  /** How long it took, from a moment on, until each of the addresses had been on some host, in ms. */
  servedAfterMs(sinceMs: number, addresses: readonly string[]): number | null {
    const first = addresses.map((a) => this.spans.find((s) => s.address === a && s.fromMs >= sinceMs)?.fromMs)
    return first.includes(undefined) ? null : Math.round(Math.max(...(first as number[])) - sinceMs)
  }

  now(): number {
    return this.nowMs()
  }

  end(): void {
    for (const m of this.monitors) m.kill()
  }
}
