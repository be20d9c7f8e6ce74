/**
 * 30 % loss for a minute: nobody is declared dead at keepalive 200 ms and deadtime 2 s. It goes on for as long as a history
 * takes to fill that nobody acknowledges: heartbeat complains at 375 messages, and says five a second. And what was lost
 * so long ago that its sender has it no more: it says so, and is not asked again.
 */
import { expect, test } from 'bun:test'
import { type Host, hosts, type Kind, other as otherOf, Pair } from './cluster.ts'
import { pooled } from './matrix.ts'

const LOSS_MS = 60_000
const FILLING_MS = 100_000
const HISTORY_FULL = 375
const DEATH = /is dead|returning after partition/i
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
    return { error: await pair.failure(error), soon: [], complaints: [], repeats: 0, beats: 0 }
  } finally {
    await pair.down()
  }
}

const complaintsOf = async (pair: Pair) => (await Promise.all(hosts.map((h) => pair.complaints(h)))).flat()

/** Messages that were lost, and then so many others that their sender has them no more. */
const LOST_MS = 3000
const HISTORY_MS = 32_000
const LOST_MIN = 40

interface Refused {
  readonly error: string | null
  readonly dead: readonly string[]
  /** hb's counters before the cut heals, when it has healed, and two seconds later. */
  readonly counters: readonly Readonly<Record<string, number>>[]
  /** heartbeat's words about it. */
  readonly log: string
}

/** node1 misses what node2 says, hears the rest, and for as long as node2 keeps a message its requests do not arrive. */
async function ask(kinds: Readonly<Record<Host, Kind>>): Promise<Refused> {
  // By broadcast: the cut stops answers to ARP, too.
  const extra = ['keepalive 50ms']
  const pair = new Pair({ kinds, medium: 'bcast', method: 'sha1', rule: 'off', deadtimeS: 60, extra })
  const hb = hosts.find((h) => kinds[h] === 'hb')!
  const counters: Record<string, number>[] = []
  const count = async () => counters.push((await pair.status(hb))?.counters ?? {})
  try {
    await pair.up()
    await pair.start('node1', 'node2')
    await pair.settled({ node1: 'node1', node2: 'node2' }, 60_000)
    await pair.lab.run('cut', 'node1', 'node2')
    await Bun.sleep(LOST_MS)
    await pair.lab.run('heal', 'node2', 'node1', '--one-way')
    await Bun.sleep(HISTORY_MS)
    await count()
    await pair.lab.run('heal')
    await Bun.sleep(4000)
    await count()
    await Bun.sleep(2000)
    await count()
    await pair.standby('node1', 'local')
    await pair.settled({ node1: 'node2', node2: 'node2' }, 15_000)
    const log = await pair.log(otherOf(hb))
    const dead = (await complaintsOf(pair)).filter((c) => DEATH.test(c))
    return { error: null, dead, counters, log }
  } catch (error) {
    return { error: await pair.failure(error), dead: [], counters: [], log: '' }
  } finally {
    await pair.down()
  }
}

const results = pooled(pairs, 3, suffer)
const refusals = pooled(pairs.slice(0, 2), 2, ask)

const lines = (text: string, words: string) => text.split('\n').filter((line) => line.includes(words)).length

test('hb refuses what it has no more, and heartbeat gives it up', async () => {
  const { error, dead, counters, log } = await refusals[0]!
  expect(error).toBeNull()
  expect(dead).toEqual([])
  const [, healed, later] = counters
  expect(healed!.repeats_refused).toBeGreaterThan(LOST_MIN)
  expect(lines(log, 'Irretrievably lost packet')).toBeGreaterThan(LOST_MIN)
  expect(later!.repeats_asked_of_us).toBe(healed!.repeats_asked_of_us!)
})

test('heartbeat refuses what it has no more, and hb gives it up', async () => {
  const { error, dead, counters, log } = await refusals[1]!
  expect(error).toBeNull()
  expect(dead).toEqual([])
  const [before, healed, later] = counters
  expect(before!.repeats_asked).toBeGreaterThan(LOST_MIN)
  expect(before!.messages_lost ?? 0).toBe(0)
  expect(lines(log, 'Cannot rexmit pkt')).toBeGreaterThan(0)
  expect(healed!.messages_lost).toBeGreaterThan(LOST_MIN)
  expect(later!.repeats_asked).toBe(healed!.repeats_asked!)
})

for (const [i, kinds] of pairs.entries()) {
  test(`30 % loss for a minute: ${kinds.node1} and ${kinds.node2}`, async () => {
    const { error, soon, complaints, repeats, beats } = await results[i]!
    expect(error).toBeNull()
    expect(soon.filter((c) => DEATH.test(c))).toEqual([])
    expect(complaints.filter((c) => /hist queue|retransmission/i.test(c))).toEqual([])
    expect(beats).toBeGreaterThan(HISTORY_FULL)
    // A storm would send many times what the beats need; a repeat or two for a lost message is the protocol.
    expect(repeats).toBeGreaterThan(0)
    expect(repeats).toBeLessThan(beats * 3)
  })
}
