/**
 * Random faults in the lab for as long as is wanted, on a pair of hb and on a pair of hb and heartbeat, with a client
 * that looks at who answers.
 *
 * Usage: main.ts [--minutes N] [--pairs hb-hb,hb-heartbeat] [--seed N] [--json] [--logs DIR] [--faults WORD,...]
 *   --faults: only those whose name contains one of the words, as they stand in the table
 *   --logs: keeps both daemons' words, and every ARP frame, for each fault that took longer than the timers, or two holders
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Dice } from '../../src/sim/dice.ts'
import { addressOf, hosts, type Kind, Pair } from '../interop/cluster.ts'
import { waitFor } from '../lab/lab.ts'
import { longestMs } from '../lab/probe.ts'
import { deadtimeMs, type Happened, type SoakFault, soakFaults } from './faults.ts'

const SETTLED_MS = 60_000
/** Times of additions and removals are those of two processes that read the kernels' reports, on a busy machine. */
const CLOCK_MS = 50
/** What a busy machine may be late by, beyond deadtime. */
const SLACK_MS = 1500
/** What no fault should take longer than. */
const LIMIT_MS = deadtimeMs + SLACK_MS
/** How long two may hold an address once every link is whole again: an hb lets go within beats, a heartbeat is asked. */
const LETTING_GO_MS = { hb: SLACK_MS, heartbeat: 4000 }

interface Round {
  readonly fault: string
  /** While it lasted both may have held everything. */
  readonly parts: boolean
  /** Longest time without an answer to the client, ms. */
  readonly outageMs: number
  /** Two hosts had the same address, ms, by their kernels. */
  readonly doubledMs: number
  /** The same, of the time when the fault was over. */
  readonly lingeredMs: number
  /** Questions that two hosts answered. */
  readonly doubledAnswers: number
  readonly strangers: readonly string[]
  readonly moved: boolean
  readonly wrong: string | null
  /** What was done, in words, with the times of its beginning and end. */
  readonly course: string
}

function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : (process.argv[at + 1] ?? '')
}

/** Each address on exactly one host, and both daemons of one mind about each other. */
async function settled(pair: Pair): Promise<void> {
  const ask = async () => {
    const holders = await Promise.all(hosts.map((h) => pair.lab.holders(addressOf[h])))
    const states = await Promise.all(hosts.flatMap((h) => hosts.map((of) => pair.nodeState(h, of))))
    const claims = await Promise.all(hosts.map((h) => pair.claim(h)))
    return { holders, states, claims }
  }
  await waitFor('one holder of each address, and two active nodes at rest', SETTLED_MS, ask, (a) => {
    const rest = a.claims.every((c) => c !== 'transition' && c !== '')
    return rest && a.holders.every((h) => h.length === 1) && a.states.every((s) => s === 'active')
  })
}

async function round(pair: Pair, fault: SoakFault, dice: Dice): Promise<Round> {
  await settled(pair)
  const before = await pair.lab.holders(addressOf.node1)
  const sinceMs = pair.watch.now()
  const probe = pair.lab.probe(180, { address: addressOf.node1 })
  await probe.ready
  const course = [`${timeOfDay()} begins, held by ${before.join(' and ')}`]
  let wrong: string | null = null
  let overMs: number | null = null
  let happened: Happened = { words: '' }
  try {
    happened = await fault.happen(pair, dice)
    course.push(`${happened.words} is over at ${timeOfDay()}`)
    overMs = pair.watch.now()
    await settled(pair)
  } catch (error) {
    wrong = error instanceof Error ? error.message : String(error)
  }
  const seen = await probe.end()
  return {
    fault: fault.name,
    parts: happened.parts === true,
    outageMs: longestMs(seen),
    doubledMs: pair.watch.doubledMs(sinceMs),
    lingeredMs: overMs === null ? 0 : pair.watch.doubledMs(overMs),
    doubledAnswers: seen.doubled,
    strangers: seen.hosts.filter((h) => h !== 'node1' && h !== 'node2'),
    moved: !Bun.deepEquals(before, await pair.lab.holders(addressOf.node1)),
    wrong,
    course: [...course, `at rest at ${timeOfDay()}, ${seen.from} to ${seen.to}`].join('; '),
  }
}

const timeOfDay = () => new Date().toISOString().slice(11, 23)

/** For the search afterwards: what both daemons said, beside the frames that the capture holds. */
async function keepLogs(pair: Pair, name: string, number: number, round: Round): Promise<void> {
  if (logs === '' || (round.outageMs <= LIMIT_MS && forbiddenMs(round, name.includes('heartbeat')) === 0)) return
  const file = join(logs, `${name}-${number}.txt`)
  writeFileSync(file, `${round.fault}: ${round.outageMs} ms, ${said(round)}; ${round.course}\n${await pair.logs()}`)
}

async function soak(kinds: Readonly<Record<'node1' | 'node2', Kind>>, minutes: number, seed: number): Promise<Round[]> {
  const dice = new Dice(seed)
  const pair = new Pair({
    kinds,
    medium: 'ucast',
    method: 'sha1',
    rule: 'off',
    twoLinks: true,
    deadtimeS: deadtimeMs / 1000,
  })
  const rounds: Round[] = []
  try {
    await pair.up()
    const name = `${kinds.node1}-${kinds.node2}`
    if (logs !== '') await pair.lab.run('capture', resolve(logs, `${name}.pcap`), 'eth0', 'arp')
    await pair.start('node1', 'node2')
    const endMs = performance.now() + minutes * 60_000
    while (performance.now() < endMs) {
      const done = await round(pair, dice.pick(faults), dice)
      rounds.push(done)
      await keepLogs(pair, name, rounds.length, done)
      const times = `no answer for ${done.outageMs} ms, ${said(done)}`
      console.error(`${name} ${rounds.length}: ${done.fault}: ${times}${done.wrong ? ` WRONG ${done.wrong}` : ''}`)
      if (done.wrong === null) continue
      console.error(await pair.logs())
      break
    }
  } finally {
    await pair.down()
  }
  return rounds
}

const said = (r: Round) => `two holders ${Math.round(r.doubledMs)} ms, ${Math.round(r.lingeredMs)} ms of it afterwards`

/** Two holders where they need not have been, ms; 0 for no longer than the clocks tell apart or than letting go takes. */
function forbiddenMs(r: Round, heartbeat: boolean): number {
  const ms = r.parts ? r.lingeredMs : r.doubledMs
  return ms > (r.parts ? LETTING_GO_MS[heartbeat ? 'heartbeat' : 'hb'] : CLOCK_MS) ? ms : 0
}

function table(name: string, rounds: readonly Round[], heartbeat: boolean): string[] {
  const rows = soakFaults.flatMap(({ name: fault }) => {
    const of = rounds.filter((r) => r.fault === fault)
    if (of.length === 0) return []
    const worst = Math.max(...of.map((r) => r.outageMs))
    const doubled = [Math.max(...of.map((r) => r.doubledMs)), Math.max(...of.map((r) => r.lingeredMs))].map(Math.round)
    return [`| ${fault} | ${of.length} | ${of.filter((r) => r.moved).length} | ${worst} | ${doubled.join(' | ')} |`]
  })
  const beyond = rounds.reduce((sum, r) => sum + Math.max(0, r.outageMs - LIMIT_MS), 0)
  const two = rounds.reduce((sum, r) => sum + forbiddenMs(r, heartbeat), 0)
  const inAll = rounds.reduce((sum, r) => sum + r.doubledMs, 0)
  return [
    `${name}: ${rounds.length} faults, ${rounds.filter((r) => r.moved).length} moves of the group that is watched`,
    '',
    '| fault | times | moved | worst outage, ms | two holders at worst, ms | when it was over |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `Two holders while a link was whole: ${(two / 1000).toFixed(1)} s; whatever was cut or stood still: ${(inAll / 1000).toFixed(1)} s in all.`,
    `Nobody beyond deadtime and ${SLACK_MS} ms: ${(beyond / 1000).toFixed(1)} s.`,
    `Answers of strangers: ${rounds.flatMap((r) => r.strangers).length}. Questions answered twice: ${rounds.reduce((sum, r) => sum + r.doubledAnswers, 0)}. Never settled again: ${rounds.filter((r) => r.wrong !== null).length}.`,
    '',
  ]
}

const minutes = Number(option('minutes', '5'))
const pairs = option('pairs', 'hb-hb,hb-heartbeat').split(',')
const logs = option('logs', '')
if (logs !== '') mkdirSync(logs, { recursive: true })
const seed = Number(option('seed', String(Date.now() % 1_000_000)))
const words = option('faults', '').split(',')
const faults = soakFaults.filter((f) => words.some((w) => f.name.includes(w)))
if (!(minutes > 0) || faults.length === 0 || !pairs.every((p) => /^(hb|heartbeat)-(hb|heartbeat)$/.test(p))) {
  console.error(
    'usage: scripts/soak [--minutes N] [--pairs hb-hb,hb-heartbeat] [--seed N] [--json] [--logs DIR] [--faults WORD,...]',
  )
  process.exit(2)
}
let bad = 0
for (const name of pairs) {
  const [node1, node2] = name.split('-') as [Kind, Kind]
  const heartbeat = name.includes('heartbeat')
  const rounds = await soak({ node1, node2 }, minutes / pairs.length, seed)
  const isBad = (r: Round) =>
    forbiddenMs(r, heartbeat) > 0 || r.wrong !== null || r.strangers.length > 0 || r.doubledAnswers > 0
  bad += rounds.filter(isBad).length
  console.log(
    process.argv.includes('--json')
      ? JSON.stringify({ name, seed, rounds })
      : table(name, rounds, heartbeat).join('\n'),
  )
}
process.exit(bad === 0 ? 0 : 1)
