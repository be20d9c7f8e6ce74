import type { PingNode } from '../config/types.ts'
import { createEchoSockets, type EchoSockets } from './echo.ts'
import { PingTarget } from './ping-target.ts'
import type { Lookup } from './resolver.ts'
import { describe } from './trouble.ts'

export interface PingCallbacks {
  /** The first valid reply to a beat's request: the payload that was sent, and the address that answered. */
  onReply(node: string, payload: Uint8Array, source: string): void
  /** What keeps a node's hosts from being asked changed; '' when nothing does any more. */
  onProblem(node: string, detail: string): void
}

export interface PingOptions {
  /** Default: the low 16 bits of the process id. */
  readonly id?: number
  readonly lookup?: Lookup
  readonly sockets?: EchoSockets
}

export interface PingCounters {
  sent: number
  sendErrors: number
  /** First valid replies. */
  replies: number
  /** Echo replies that were not ours, not first, or not what had been sent. */
  refused: number
}

export interface Pings {
  /** Asks each node's hosts, with what payloadFor gives for it; to be called with each of the own status messages. */
  beat(payloadFor: (node: PingNode) => Uint8Array): void
  /** Delivers the replies that wait, before it returns. */
  drain(): void
  counters(): Readonly<PingCounters>
  close(): void
}

const PAYLOAD_BYTES_MAX = 5 * 1024
const MEMBER_PAUSE_MS = 2
const POLL_FIRST_MS = 1
const POLL_SLOWEST_MS = 50
const WAIT_MS_MAX = 5000

/** Pseudo nodes that are alive as long as they answer echo requests. */
export function createPings(nodes: readonly PingNode[], callbacks: PingCallbacks, options: PingOptions = {}): Pings {
  const id = (options.id ?? process.pid) & 0xffff
  const sockets = options.sockets ?? createEchoSockets()
  const counters: PingCounters = { sent: 0, sendErrors: 0, replies: 0, refused: 0 }
  const problems = new Map<string, string>()
  const targets = nodes.map((node) => new PingTarget(node, () => {}, options.lookup))
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let rounds: Round[] = []
  let open = true

  const after = (ms: number, then: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      then()
    }, ms)
    timers.add(timer)
  }
  const tell = (node: string, detail: string): void => {
    if ((problems.get(node) ?? '') === detail) return
    problems.set(node, detail)
    queueMicrotask(() => {
      if (open) callbacks.onProblem(node, detail)
    })
  }

  /** Asks the round's next host. A host that cannot be asked does not keep the others from being asked. */
  const askNext = (round: Round): void => {
    const host = round.target.hosts[round.asked++]
    if (host === undefined) return
    const { address, problem } = host.resolver
    const echo = { id, sequence: round.sequence, payload: round.payload }
    const code = address === null ? '' : sockets.send(address, host.family, echo)
    if (address !== null && code === '') counters.sent++
    else {
      if (address !== null) counters.sendErrors++
      round.problems.push(address === null ? problem : `cannot ping ${host.name}: ${describe(code)}`)
    }
    if (round.asked === round.target.hosts.length) tell(round.target.node.name, round.problems.join('; '))
  }
  const goOn = (round: Round): void => {
    askNext(round)
    if (round.asked < round.target.hosts.length) after(MEMBER_PAUSE_MS, () => goOn(round))
  }
  const finish = (round: Round): void => {
    while (round.asked < round.target.hosts.length) askNext(round)
  }

  const drain = (): void => {
    if (!open) return
    sockets.drain((_family, echo, source) => {
      if (echo.id !== id) return
      const target = targets.find((t) => t.accepts(echo.sequence, echo.payload, source))
      if (target === undefined) {
        counters.refused++
        return
      }
      counters.replies++
      callbacks.onReply(target.node.name, echo.payload, source)
    })
  }
  /** Often at first, since most answers take less than a millisecond, then less and less often. */
  const poll = (delayMs: number, waitedMs: number): void => {
    after(delayMs, () => {
      drain()
      const waited = waitedMs + delayMs
      if (targets.every((t) => t.answered) || waited >= WAIT_MS_MAX) return
      poll(Math.min(delayMs * 2, POLL_SLOWEST_MS), waited)
    })
  }

  return {
    beat: (payloadFor) => {
      if (!open || targets.length === 0) return
      drain()
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      for (const round of rounds) finish(round)
      rounds = []
      for (const target of targets) {
        const payload = payloadFor(target.node)
        if (payload.length > PAYLOAD_BYTES_MAX) {
          tell(target.node.name, `the payload has ${payload.length} bytes, more than ${PAYLOAD_BYTES_MAX}`)
          continue
        }
        const round = { target, payload, sequence: target.next(payload), asked: 0, problems: [] }
        rounds.push(round)
        goOn(round)
      }
      poll(POLL_FIRST_MS, 0)
    },
    drain,
    counters: () => ({ ...counters }),
    close: () => {
      open = false
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      for (const target of targets) target.close()
      sockets.close()
    },
  }
}

/** One beat's requests to the hosts of one node. */
interface Round {
  readonly target: PingTarget
  readonly payload: Uint8Array
  readonly sequence: number
  readonly problems: string[]
  asked: number
}
