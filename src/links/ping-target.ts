import type { PingNode } from '../config/types.ts'
import { type Family, familyOf, withoutScope } from './address.ts'
import { createResolver, type Lookup, type Resolver } from './resolver.ts'

interface Host {
  readonly name: string
  readonly family: Family
  readonly resolver: Resolver
}

interface Request {
  readonly sequence: number
  readonly payload: Uint8Array
  answered: boolean
}

const REQUESTS_KEPT = 128

/** What is remembered of one ping node: its hosts' addresses and the requests that may still be answered. */
export class PingTarget {
  readonly node: PingNode
  readonly hosts: readonly Host[]
  #sequence = 0
  #requests: Request[] = []

  constructor(node: PingNode, onChange: () => void, lookup?: Lookup) {
    this.node = node
    this.hosts = node.hosts.map((name) => {
      const family: Family = familyOf(name) ?? (node.kind === 'ping6' ? 6 : 4)
      return { name, family, resolver: createResolver(name, family, onChange, { ...(lookup ? { lookup } : {}) }) }
    })
  }

  /** Whether the latest request has had its answer (or there was none). */
  get answered(): boolean {
    return this.#requests.at(-1)?.answered ?? true
  }

  /** Remembers a new request; its sequence number, which counts up from 0 and starts again after 65535. */
  next(payload: Uint8Array): number {
    const sequence = this.#sequence
    this.#sequence = (sequence + 1) & 0xffff
    this.#requests.push({ sequence, payload, answered: false })
    if (this.#requests.length > REQUESTS_KEPT) this.#requests.shift()
    return sequence
  }

  /** Whether this is the first answer to one of our requests: from one of our hosts, and with what was sent in it. */
  accepts(sequence: number, payload: Uint8Array, source: string): boolean {
    const ours = this.hosts.some(({ resolver: { address } }) => address !== null && withoutScope(address) === source)
    if (!ours) return false
    const request = this.#requests.find((r) => r.sequence === sequence)
    if (request === undefined || request.answered || !sameBytes(request.payload, payload)) return false
    request.answered = true
    return true
  }

  close(): void {
    for (const { resolver } of this.hosts) resolver.close()
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
