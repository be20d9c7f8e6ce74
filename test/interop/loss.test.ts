/**
 * 30 % loss for a minute: nobody is declared dead at keepalive 200 ms and deadtime 2 s. It goes on for as long as a history
 * takes to fill that nobody acknowledges: heartbeat complains at 375 messages, and says five a second.
 */
import { expect, test } from 'bun:test'
import { type Host, hosts, type Kind, Pair } from './cluster.ts'
import { pooled } from './matrix.ts'

const LOSS_MS = 60_000
const FILLING_MS = 100_000
const HISTORY_FULL = 375
const pairs: readonly Readonly<Record<Host, Kind>>[] = [
  { node1: 'heartbeat', node2: 'hb' },
  { node1: 'hb', node2: 'heartbeat' },
  { node1: 'hb', node2: 'hb' },
]

interface Suffered {
  readonly error: string | null
  /** Of the first minute, and of all. */
  readonly soon: readonly string[]
  readonly complaints: readonly string[]
  readonly repeats: number
  readonly beats: number
}

async function suffer(kinds: Readonly<Record<Host, Kind>>): Promise<Suffered> {
  const pair = new Pair({ kinds, medium: 'ucast', method: 'sha1', rule: 'off', deadtimeS: 2 })
  try {
    await pair.up()
    await pair.start('node1', 'node2')
    await pair.settled({ node1: 'node1', node2: 'node2' }, 30_000)
    await pair.lab.run('loss', 'node1', 'eth0', '30%')
    await Bun.sleep(LOSS_MS)
    const soon = await complaintsOf(pair)
    await Bun.sleep(FILLING_MS - LOSS_MS)
    await pair.lab.run('heal')
    await pair.settled({ node1: 'node1', node2: 'node2' }, 8000)
    const complaints = await complaintsOf(pair)
    const counters = await Promise.all(
      hosts.map(async (h) => (pair.kind(h) === 'hb' ? (await pair.status(h))?.counters : {})),
    )
    const sum = (name: string) => counters.reduce((n, c) => n + (c?.[name] ?? 0), 0)
    return {
      error: null,
      soon,
      complaints,
      repeats: sum('messages_repeated') + sum('repeats_asked'),
      beats: sum('messages_sent'),
    }
  } catch (error) {
    const words = `${error instanceof Error ? error.message : error}\n${await pair.logs()}`
    return { error: words, soon: [], complaints: [], repeats: 0, beats: 0 }
  } finally {
    await pair.down()
  }
}

const complaintsOf = async (pair: Pair) => (await Promise.all(hosts.map((h) => pair.complaints(h)))).flat()

const results = pooled(pairs, 3, suffer)

for (const [i, kinds] of pairs.entries()) {
  test(`30 % loss for a minute: ${kinds.node1} and ${kinds.node2}`, async () => {
    const { error, soon, complaints, repeats, beats } = await results[i]!
    expect(error).toBeNull()
    expect(soon.filter((c) => /is dead|returning after partition/i.test(c))).toEqual([])
    expect(complaints.filter((c) => /hist queue|retransmission/i.test(c))).toEqual([])
    expect(beats).toBeGreaterThan(HISTORY_FULL)
    // A storm would send many times what the beats need; a repeat or two for a lost message is the protocol.
    expect(repeats).toBeGreaterThan(0)
    expect(repeats).toBeLessThan(beats * 3)
  })
}
