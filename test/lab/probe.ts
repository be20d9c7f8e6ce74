/**
 * Probes a service address over UDP and says for how long there was no answer. Every datagram carries a number; the
 * echo responder adds the name of the host that answered.
 *
 * Usage: probe.ts ADDRESS SECONDS [--until-moved]
 *   Says "ready" after a second of answers, then probes for SECONDS at most, and ends with one line of JSON (Outage).
 *   --until-moved: ends early, a moment after another host than the first has begun to answer.
 *   A line on its standard input ends it too, with the next answer: a silence that lasts is seen to its end.
 */
import { createSocket } from 'node:dgram'

/** What a probe saw; outageMs is the longest time between two answers, from and to are who gave those. */
export interface Outage {
  readonly outageMs: number | null
  readonly from: string | null
  readonly to: string | null
  readonly moved: boolean
  readonly sent: number
  readonly answered: number
  /** Answers beyond one to a datagram: two hosts answered. */
  readonly doubled: number
  /** Every host that answered, in order of first answer. */
  readonly hosts: readonly string[]
  /** From the last answer to the end of the probe. */
  readonly silentMs: number | null
}

export interface Answer {
  readonly atMs: number
  readonly number: number
  readonly host: string
}

const PORT = 7777
const EVERY_MS = 5
const AFTER_MOVE_MS = 700
const READY_MS = 1000
/** Who is not answered for so long is not answered at all. */
const LAST_ANSWER_MS = 10_000

/** Reads the answers of a finished probe, oldest first. */
export function judge(answers: readonly Answer[], sent: number, endMs: number): Outage {
  let longest: { ms: number; from: string; to: string } | null = null
  for (let i = 1; i < answers.length; i++) {
    const [before, after] = [answers[i - 1]!, answers[i]!]
    const ms = after.atMs - before.atMs
    if (longest === null || ms > longest.ms) longest = { ms, from: before.host, to: after.host }
  }
  const hosts = [...new Set(answers.map((a) => a.host))]
  const answered = new Set(answers.map((a) => a.number)).size
  const last = answers.at(-1)
  return {
    outageMs: longest === null ? null : Math.round(longest.ms),
    from: longest?.from ?? null,
    to: longest?.to ?? null,
    moved: hosts.length > 1,
    sent,
    answered,
    doubled: answers.length - answered,
    hosts,
    silentMs: last === undefined ? null : Math.round(endMs - last.atMs),
  }
}

/** How long a client had no answer, also before the end of the probe; Infinity when it never had one. */
export function longestMs({ outageMs, silentMs }: Outage): number {
  return Math.max(outageMs ?? 0, silentMs ?? Number.POSITIVE_INFINITY)
}

function probe(address: string, limitMs: number, untilMoved: boolean): void {
  const socket = createSocket('udp4')
  const answers: Answer[] = []
  const startMs = performance.now()
  let sent = 0
  let movedMs: number | null = null
  let told = false
  let endingMs: number | null = null
  socket.on('error', () => {}) // no route, no neighbour: an unanswered probe like any other
  socket.on('message', (data) => {
    const [number = '', host = ''] = data.toString().split(' ')
    const atMs = performance.now()
    answers.push({ atMs, number: Number(number), host })
    if (movedMs === null && host !== answers[0]?.host) movedMs = atMs
    if (!told && atMs - startMs > READY_MS) {
      told = true
      console.log('ready')
    }
    if (endingMs !== null) end()
  })
  const end = (): never => {
    console.log(JSON.stringify(judge(answers, sent, performance.now())))
    process.exit(0)
  }
  process.stdin.once('data', () => {
    endingMs = performance.now()
  })
  setInterval(() => {
    const nowMs = performance.now()
    if (nowMs - startMs > limitMs || (untilMoved && movedMs !== null && nowMs - movedMs > AFTER_MOVE_MS)) end()
    if (endingMs !== null && nowMs - endingMs > LAST_ANSWER_MS) end()
    socket.send(String(sent++), PORT, address, () => {})
  }, EVERY_MS)
}

if (import.meta.main) {
  const [address, seconds, flag] = process.argv.slice(2)
  if (address === undefined || !(Number(seconds) > 0) || (flag !== undefined && flag !== '--until-moved')) {
    console.error('usage: probe.ts ADDRESS SECONDS [--until-moved]')
    process.exit(2)
  }
  probe(address, Number(seconds) * 1000, flag !== undefined)
}
