/**
 * Which configurations hb and heartbeat start with: the same, but for the kinds that docs/differences.md gives a reason for.
 *
 *   HB_DIFFERENCES=N     so many configurations in place of a few hundred; `all`: the whole grid, and thousands by chance
 *   HB_DIFFERENCES_SEED  other ones
 */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Dice } from '../../src/sim/dice.ts'
import { Lab, project } from '../lab/lab.ts'
import { apart } from './differences/apart.ts'
import { type Case, grid, random, right } from './differences/cases.ts'
import { differences, otherValues, strayReturn } from './differences/classes.ts'
import type { Answer, Answers } from './differences/referee.ts'

const USUAL = 300
const ALL_BY_CHANCE = 3000
const CHUNK = 400
const asked = process.env.HB_DIFFERENCES ?? String(USUAL)
const seed = Number(process.env.HB_DIFFERENCES_SEED ?? 1)

function chosen(): Case[] {
  const dice = new Dice(seed)
  const whole = grid()
  const byChance = (count: number) => Array.from({ length: count }, () => random(dice))
  if (asked === 'all') return [...whole, ...byChance(ALL_BY_CHANCE)]
  const count = Number(asked)
  return [...Array.from({ length: Math.ceil(count / 2) }, () => dice.pick(whole)), ...byChance(Math.floor(count / 2))]
}

const lab = new Lab(`d${process.pid % 100_000}`)
const folder = mkdtempSync(join(tmpdir(), 'hb-differences-'))

beforeAll(() => lab.up(1, '--no-eth1'))
afterAll(async () => {
  await lab.down()
  rmSync(folder, { recursive: true })
})

async function ask(cases: readonly Case[]): Promise<Answers[]> {
  const answers: Answers[] = []
  for (let from = 0; from < cases.length; from += CHUNK) {
    const [questions, replies] = [join(folder, 'cases.json'), join(folder, 'answers.json')]
    writeFileSync(questions, JSON.stringify(cases.slice(from, from + CHUNK)))
    const referee = join(project, 'test/interop/differences/referee.ts')
    await lab.run('exec', 'node1', ...apart(project), process.execPath, referee, questions, replies)
    answers.push(...(JSON.parse(readFileSync(replies, 'utf8')) as Answers[]))
  }
  return answers
}

/** What heartbeat says of every mistake. */
const general = /onfiguration error/

function reasons(answer: Answer): string[] {
  const said = answer.complaints.filter((c) => !general.test(c))
  return said.length > 0 ? said : ['no reason given']
}

interface Verdict {
  readonly kinds: readonly string[]
  readonly unexplained: readonly string[]
}

const nothing: Verdict = { kinds: [], unexplained: [] }

/** The kinds of difference that explain a disagreement, and the reasons that none of them explains. */
function judge({ files }: Case, { hb, heartbeat }: Answers): Verdict {
  if (hb.starts && heartbeat.starts) return strayReturn.test(files.haCf ?? '') ? nothing : values(hb, heartbeat)
  if (hb.starts === heartbeat.starts) return nothing
  const accepts = hb.starts ? 'hb' : 'heartbeat'
  const found = reasons(hb.starts ? heartbeat : hb).map((says) => ({
    says,
    kind: differences.find(
      (d) =>
        d.accepts === accepts && d.says.test(says) && (d.where?.test(`${files.haCf}\n${files.haresources}`) ?? true),
    ),
  }))
  return {
    kinds: found.flatMap(({ kind }) => kind?.name ?? []),
    unexplained: found.filter(({ kind }) => kind === undefined).map(({ says }) => `${accepts} starts: ${says}`),
  }
}

/** Both start: do they mean the same? */
function values(hb: Answer, heartbeat: Answer): Verdict {
  const differing = Object.entries(heartbeat.values).filter(([name, value]) => (hb.values[name] ?? value) !== value)
  const unexplained = differing
    .filter(([name]) => !otherValues.has(name))
    .map(([name, value]) => `${name} is '${hb.values[name]}' for hb and '${value}' for heartbeat`)
  // A ping node that stands there twice is one for hb.
  if (!Bun.deepEquals(hb.nodes, [...new Set(heartbeat.nodes)]))
    unexplained.push(`nodes are ${hb.nodes.join(' ')} for hb and ${heartbeat.nodes.join(' ')} for heartbeat`)
  return { kinds: differing.flatMap(([name]) => otherValues.get(name) ?? []), unexplained }
}

test('heartbeat starts with the configuration that all others are made of, and so does hb', async () => {
  const [answers] = await ask([{ what: 'right', files: right }])
  expect(answers?.heartbeat).toMatchObject({ starts: true, complaints: [], nodes: ['node1', 'node2'] })
  expect(answers?.hb).toMatchObject({ starts: true, complaints: [], nodes: ['node1', 'node2'] })
  expect(Object.keys(answers?.heartbeat.values ?? {}).length).toBeGreaterThan(20)
})

test('every disagreement is of a kind that is known', async () => {
  const cases = chosen()
  const answers = await ask(cases)
  const counts = new Map<string, number>()
  const count = (word: string) => counts.set(word, (counts.get(word) ?? 0) + 1)
  const wrong: string[] = []
  for (const [i, given] of cases.entries()) {
    const answer = answers[i]!
    const { kinds, unexplained } = judge(given, answer)
    count(
      answer.hb.starts
        ? answer.heartbeat.starts
          ? 'both start'
          : 'hb starts'
        : answer.heartbeat.starts
          ? 'heartbeat starts'
          : 'neither',
    )
    for (const kind of new Set(kinds)) count(kind)
    if (unexplained.length > 0) wrong.push(`${given.what}: ${unexplained.join('; ')}\n${JSON.stringify(given.files)}`)
    if (answer.program === false)
      wrong.push(`${given.what}: the program says otherwise than what it is made of\n${JSON.stringify(given.files)}`)
  }
  console.log(`configurations: ${cases.length}: ${[...counts].map(([word, n]) => `${word} ${n}`).join(', ')}`)
  expect(wrong).toEqual([])
  for (const word of ['both start', 'neither', 'hb starts', 'heartbeat starts'])
    expect(counts.get(word)).toBeGreaterThan(0)
  // Whatever is listed happens: the whole grid meets every kind.
  if (asked === 'all') expect(differences.filter((d) => !counts.has(d.name)).map((d) => d.name)).toEqual([])
})
