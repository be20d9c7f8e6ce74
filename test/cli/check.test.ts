import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check } from '../../src/cli/check.ts'

let good = ''
let bad = ''

function directory(haCf: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'hb-check-'))
  writeFileSync(join(dir, 'ha.cf'), haCf)
  writeFileSync(join(dir, 'haresources'), 'alpha 192.168.0.100\n')
  writeFileSync(join(dir, 'authkeys'), 'auth 1\n1 sha1 sesame\n', { mode: 0o600 })
  return dir
}

beforeAll(() => {
  good = directory('logfacility local0\nucast eth0 192.168.0.2\nnode alpha beta\n')
  bad = directory('logfacility local0\nucast eth0\nnode alpha beta\nauto_failback maybe\n')
})

afterAll(() => {
  for (const dir of [good, bad]) rmSync(dir, { recursive: true })
})

async function run(...argv: string[]) {
  let out = ''
  let err = ''
  const code = await check(argv, {
    out: (s) => {
      out += s
    },
    err: (s) => {
      err += s
    },
  })
  return { code, out, err }
}

test('right with warnings is 0', async () => {
  const { code, out, err } = await run('--config', good, '--node', 'alpha')
  const warning = 'warning: auto_failback is not set and means legacy'
  expect(out.split('\n').map((line) => line.replace(/ \(.*/, ''))).toEqual([
    `${good}/ha.cf: ${warning}`,
    `${good}: right: 0 errors, 1 warning`,
    '',
  ])
  expect([code, err]).toEqual([0, ''])
})

test('wrong is 1, and every problem is printed', async () => {
  const { code, out } = await run('--config', bad, '--node', 'alpha')
  expect(out).toContain(
    `${bad}/ha.cf:2:11: error: ucast: something is missing at the end of the line (ucast INTERFACE PEER)\n`,
  )
  expect(out).toContain(
    `${bad}/ha.cf:4:15: error: auto_failback: not one of the words for it: 'maybe' (on, off, legacy)\n`,
  )
  expect(out).toEndWith(`${bad}: wrong: 2 errors, 0 warnings\n`)
  expect(code).toBe(1)
})

test('the name of the node counts', async () => {
  expect((await run('--config', good, '--node', 'gamma')).code).toBe(1)
  expect((await run('--config', good, '--node', 'BETA')).code).toBe(0)
})

describe('--json', () => {
  test('is one object with the problems as data', async () => {
    const { code, out } = await run('--config', bad, '--node', 'alpha', '--json')
    const answer = JSON.parse(out)
    expect(answer).toMatchObject({ version: 1, ok: false })
    expect(answer.problems[0]).toEqual({
      file: `${bad}/ha.cf`,
      line: 2,
      column: 11,
      severity: 'error',
      word: '',
      message: 'ucast: something is missing at the end of the line',
      remedy: 'ucast INTERFACE PEER',
    })
    expect(code).toBe(1)
  })
  test('carries the explanation where it is asked for', async () => {
    const answer = JSON.parse((await run('--config', good, '--node', 'alpha', '--json', '--explain')).out)
    expect(answer.ok).toBe(true)
    expect(answer.explanation[0]).toBe('This node is alpha. The cluster is alpha and beta.')
  })
})

describe('--explain', () => {
  test('tells what will happen', async () => {
    const { out } = await run('--config', good, '--node', 'beta', '--explain')
    expect(out).toContain('This node is beta. The cluster is alpha and beta.\n')
    expect(out).toContain('When alpha dies:\n')
  })
  test('has nothing to tell about a wrong configuration', async () => {
    expect((await run('--config', bad, '--node', 'alpha', '--explain')).out).toEndWith('2 errors, 0 warnings\n')
  })
})

describe('a call that cannot be understood is 2', () => {
  test.each([[['--konfig', 'x']], [['x']], [['--config']], [['--config', '']], [['--node', '']], [['--json=yes']]])(
    '%p',
    async (argv) => {
      const { code, out, err } = await run(...argv)
      expect([code, out]).toEqual([2, ''])
      expect(err).toMatch(/^hb check: .+\nusage: hb check /s)
    },
  )
})
