/**
 * Which datagrams hb and heartbeat believe: the same, but for the kinds that docs/differences.md gives a reason for. Both
 * hear the same broadcasts, each of another pretended node; whoever believes one takes that node for active.
 *
 *   HB_DIFFERENCES=N     so many datagrams by chance in place of some; `all`: hundreds, and everything that may end a heartbeat
 *   HB_DIFFERENCES_SEED  other ones
 */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Dice } from '../../src/sim/dice.ts'
import { Audience } from './differences/audience.ts'
import { broken, deadly, named, type Speaker, spoilt } from './differences/datagrams.ts'
import { given, hearings } from './differences/heard.ts'

const USUAL = 60
const ALL_BY_CHANCE = 600
const seed = Number(process.env.HB_DIFFERENCES_SEED ?? 1)
const count = process.env.HB_DIFFERENCES === 'all' ? ALL_BY_CHANCE : Number(process.env.HB_DIFFERENCES ?? USUAL)

type Sample = readonly [what: string, make: (speaker: Speaker) => string]

const audience = new Audience(`w${process.pid % 100_000}`)
beforeAll(() => audience.up())
afterAll(() => audience.down())

const kinds = new Map<string, number>()
const note = (word: string) => kinds.set(word, (kinds.get(word) ?? 0) + 1)
const unexplained: string[] = []
const ends: string[] = []

async function tell(samples: readonly Sample[]): Promise<void> {
  const speakers = audience.speakers().slice(0, samples.length)
  const datagrams = samples.map(([, make], i) => make(speakers[i]!))
  await audience.send(datagrams)
  const heard = await audience.settle(() => false)
  if (await audience.heartbeatIsDead()) return after(samples)
  const doubtful = samples.filter(([what], i) => {
    const { name } = speakers[i]!
    return !judge(
      what,
      datagrams[i]!,
      heard.heartbeat.get(name) ?? 'init',
      heard.hb.get(name) ?? 'init',
      samples.length === 1,
    )
  })
  const deaf = await audience.reset(speakers.map((s) => s.name))
  audience.retire(deaf)
  // It may have been another one's doing: a name or a UUID spoilt into that of somebody else.
  for (const sample of doubtful) await tell([sample])
}

/** One of them has ended heartbeat: which? */
async function after(samples: readonly Sample[]): Promise<void> {
  await audience.again()
  if (samples.length === 1) {
    ends.push(samples[0]![0])
    return
  }
  const half = samples.length >> 1
  await tell(samples.slice(0, half))
  await tell(samples.slice(half))
}

/** False when nothing explains it; then, if it was alone, it stays so. */
function judge(what: string, datagram: string, heartbeat: string, hb: string, alone: boolean): boolean {
  const seen = given(what, datagram)
  const believes = heartbeat === hb ? null : hb === 'up' ? 'heartbeat' : 'hb'
  const kind = hearings.find((h) => (h.believes === believes || h.believes === 'each its own way') && h.when(seen))
  if (believes !== null && kind === undefined) {
    if (alone)
      unexplained.push(
        `${what}: '${heartbeat}' for heartbeat, '${hb}' for hb: ${JSON.stringify(datagram.slice(0, 600))}`,
      )
    return alone
  }
  note(believes === null ? (hb === 'up' ? 'neither believes' : 'both believe') : 'they differ')
  if (believes !== null) note(kind!.name)
  return true
}

async function all(samples: readonly Sample[]): Promise<void> {
  for (let from = 0; from < samples.length; ) {
    const some = samples.slice(from, from + audience.size)
    await tell(some)
    from += some.length
  }
}

test('a right datagram is believed by both, one with a wrong digest by neither', async () => {
  await all([
    ['right', named['as heartbeat sends it']!],
    ['wrong', named['a signature with a wrong digit']!],
  ])
  expect(kinds).toEqual(
    new Map([
      ['both believe', 1],
      ['neither believes', 1],
    ]),
  )
  kinds.clear()
})

test('datagrams by name and by chance: every disagreement is of a kind that is known', async () => {
  const dice = new Dice(seed)
  const byChance = Array.from({ length: count }, (_, i): Sample => {
    return i % 4 === 3 ? [`broken ${i}`, broken(dice)] : [`spoilt ${i}`, spoilt(dice)]
  })
  await all([...Object.entries(named), ...byChance])
  console.log(`datagrams: ${Object.keys(named).length + count}: ${[...kinds].map(([k, n]) => `${k} ${n}`).join(', ')}`)
  console.log(`datagrams that end heartbeat: ${ends.join(', ') || 'none'}`)
  expect(unexplained).toEqual([])
  expect(hearings.filter((h) => !kinds.has(h.name) && h.rare !== true).map((h) => h.name)).toEqual([])
  expect(kinds.get('both believe')).toBeGreaterThan(20)
  expect(kinds.get('neither believes')).toBeGreaterThan(20)
})

test('what ends a heartbeat does nothing to hb', async () => {
  ends.length = 0
  unexplained.length = 0
  // Each costs a new heartbeat.
  const samples = Object.entries(deadly).slice(0, process.env.HB_DIFFERENCES === 'all' ? Number.POSITIVE_INFINITY : 1)
  for (const sample of samples) await tell([sample])
  console.log(`datagrams that end heartbeat: ${ends.join(', ') || 'none'}`)
  expect(unexplained).toEqual([])
  expect(ends.length).toBeGreaterThan(0)
  // The same hb as ever hears the next one.
  kinds.clear()
  await all([['right', named['as heartbeat sends it']!]])
  expect(kinds).toEqual(new Map([['both believe', 1]]))
})
