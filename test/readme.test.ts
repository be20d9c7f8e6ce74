/** The README is held to the program: its commands exist, those marked "run" are run, its tables are the program's. */
import { describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArgs } from '../src/cli/args.ts'
import { Exit, type ExitCode, exitMeaning } from '../src/cli/exit.ts'
import { isVerb } from '../src/cli/verbs.ts'
import { ROUTES } from '../src/http/app.ts'
import { CAPABILITIES } from '../src/linux/capabilities.ts'

const root = join(import.meta.dir, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const pages = ['README.md', 'CHANGELOG.md', 'docs/architecture.md']

const blocks = [...readme.matchAll(/(<!-- run -->\n)?```sh\n(.*?)```/gs)].map(([, mark, text]) => ({
  run: mark !== undefined,
  lines: text!.trimEnd().split('\n'),
}))

/** Calls of hb: in the sh blocks, and between backticks in the text. */
const calls = [
  ...blocks.flatMap(({ lines }) => lines.map((line) => /^(?:sudo )?(?:dist\/)?hb (.*)$/.exec(line)?.[1])),
  ...[...readme.replace(/```.*?```/gs, '').matchAll(/`hb ([^`]+)`/g)].map(([, call]) => call),
].filter((call) => call !== undefined)

/** The rows of the table under a heading, without its head. */
function table(heading: string): string[][] {
  const section = readme.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!
  const rows = section.split('\n').filter((line) => line.startsWith('|'))
  return rows.slice(2).map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
}

function sources(dir: string): string {
  const entries = readdirSync(dir, { recursive: true, encoding: 'utf8' })
  return entries
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('\n')
}

test('there is something to hold it to', () => {
  expect(calls.length).toBeGreaterThan(15)
  expect(blocks.filter(({ run }) => run)).toHaveLength(3)
})

test.each([...new Set(calls)])('hb %s is a call', (call) => {
  const [verb = '', ...argv] = call.split(/\s+/)
  expect(isVerb(verb)).toBe(true)
  if (isVerb(verb) && argv.length > 0) readArgs(verb, argv)
})

test('the blocks marked to be run do what they say', () => {
  const script = blocks.filter(({ run }) => run).flatMap(({ lines }) => lines)
  const hb = `hb() { "${process.execPath}" "${join(root, 'src/main.ts')}" "$@"; }`
  const child = Bun.spawnSync(['bash', '-euc', [hb, ...script].join('\n')], {
    cwd: mkdtempSync(join(tmpdir(), 'hb-readme-')),
    env: { PATH: process.env.PATH ?? '' },
  })
  expect({ code: child.exitCode, err: child.stderr.toString() }).toEqual({ code: 0, err: '' })
  expect(child.stdout.toString()).toBe('ha.d: right: 0 errors, 0 warnings\n'.repeat(3))
})

test.each(pages)('%s: what it links to is there, and every script it calls', (page) => {
  const text = readFileSync(join(root, page), 'utf8')
  for (const [, target] of text.matchAll(/\]\(([^)#:]+)\)/g))
    expect(existsSync(join(root, page, '..', target!))).toBe(true)
  for (const [script] of text.matchAll(/\bscripts\/[a-z-]+\b/g)) expect(existsSync(join(root, script))).toBe(true)
})

test('docs/architecture.md names files and folders that are there', () => {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  const names = [...text.matchAll(/`((?:[a-z]+\/)*[a-z]+(?:\.ts|\/))`/g)].map(([, name]) => name!)
  expect(names.length).toBeGreaterThan(30)
  for (const name of names)
    expect([name, existsSync(join(root, name.startsWith('test/') ? '' : 'src', name.replace(/^src\//, '')))]).toEqual([
      name,
      true,
    ])
})

test('every folder of src has its row in docs/architecture.md', () => {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  for (const entry of readdirSync(join(root, 'src'), { withFileTypes: true })) {
    if (entry.isDirectory()) expect(text).toMatch(new RegExp(`^\\| .*\`${entry.name}/\``, 'm'))
  }
})

test('the paths on the status port are served', () => {
  const paths = [...readme.matchAll(/localhost:8694(\S*)/g)].map(([, path]) =>
    path!.replace(/(?<=\/holder\/).*/, '<address>'),
  )
  expect(paths.length).toBeGreaterThan(5)
  for (const path of paths) expect(Object.keys(ROUTES)).toContain(path)
})

test('the exit codes are the program’s', () => {
  const expected = Object.values(Exit).map((code: ExitCode) => [String(code), exitMeaning[code]])
  expect(table('Exit codes')).toEqual(expected)
})

test('the capabilities are the program’s', () => {
  const rows = table('Settings')
  expect(rows.map(([name]) => name).toSorted()).toEqual(CAPABILITIES.map(({ name }) => `\`${name}\``).toSorted())
  for (const { name, use } of CAPABILITIES) expect(rows).toContainEqual([`\`${name}\``, use])
})

describe('the log lines', () => {
  const code = sources(join(root, 'src'))
  const rows = table('Troubleshooting by log line')

  test('have each a meaning and something to do', () => {
    expect(rows.length).toBeGreaterThan(15)
    for (const row of rows) expect([row[0], row.length]).toEqual([row[0], 3])
  })

  test.each(rows.flatMap(([cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, words]) => words!)))(
    '"%s" is written by the program',
    (words) => {
      expect(code.replace(/\$\{[^}]*\}/g, ' ')).toContain(words.trimEnd())
    },
  )
})

test('the first link of every example is unicast', () => {
  const links = blocks.flatMap(({ lines }) => lines).filter((line) => /^(ucast|bcast|mcast|serial)6? /.test(line))
  expect(links.length).toBeGreaterThan(1)
  expect(links[0]).toMatch(/^ucast /)
})
