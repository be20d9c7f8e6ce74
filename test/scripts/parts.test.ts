import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bunTests, script, tool } from '../../scripts/runner/parts.ts'

const folder = mkdtempSync(join(tmpdir(), 'hb-parts-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, body: string): string {
  const path = join(folder, `${name}.test.ts`)
  writeFileSync(path, `import { expect, test } from 'bun:test'\n${body}\n`)
  return path
}

const outcome = async (...files: string[]) => await bunTests('part', files, 2, 5000).run()

test('passed, failed and skipped tests are counted across files', async () => {
  const one = file('one', `test('a', () => {}); test.skip('b', () => {})`)
  const two = file('two', `test('c', () => { expect(1).toBe(2) }); test('d', () => {})`)
  const { counts, output } = await outcome(one, two)
  expect(counts).toEqual({ passed: 2, failed: 1, skipped: 1 })
  expect(output).toContain('two.test.ts')
})

test('a part that passes says nothing', async () => {
  expect(await outcome(file('fine', `test('a', () => {})`))).toEqual({
    counts: { passed: 1, failed: 0, skipped: 0 },
    output: '',
  })
})

test.each([
  ['crashes', `test('a', () => {}); test('b', () => process.kill(process.pid, 'SIGKILL'))`],
  ['ends early', `test('a', () => {}); test('b', () => process.exit(0))`],
  ['does not load', `test('a', () => {}); throw new Error('no')`],
  ['holds no tests', `export const nothing = 1`],
])('a file that %s is a failure', async (name, body) => {
  const { counts, output } = await outcome(file(name.replaceAll(' ', '-'), body))
  expect(counts.failed).toBeGreaterThan(0)
  expect(output).not.toBe('')
})

test('a prefix runs the runner', async () => {
  const marked = file('marked', `test('a', () => { expect(process.env.MARK).toBe('yes') })`)
  const { counts } = await bunTests('part', [marked], 1, 5000, ['env', 'MARK=yes']).run()
  expect(counts).toEqual({ passed: 1, failed: 0, skipped: 0 })
})

test('no files at all is a failure', async () => {
  expect((await outcome()).counts.failed).toBe(1)
})

test('a tool is one check, judged by its exit code', async () => {
  expect((await tool('t', ['true']).run()).counts).toEqual({ passed: 1, failed: 0, skipped: 0 })
  expect(await tool('t', ['sh', '-c', 'echo why; exit 3']).run()).toEqual({
    counts: { passed: 0, failed: 1, skipped: 0 },
    output: 'why\n',
  })
})

test('a script is counted by its closing line, and failed without one', async () => {
  const counts = async (text: string) => (await script('s', ['sh', '-c', text]).run()).counts
  expect(await counts('echo 5 passed, 0 failed')).toEqual({ passed: 5, failed: 0, skipped: 0 })
  expect(await counts('echo done')).toEqual({ passed: 0, failed: 1, skipped: 0 })
  expect(await counts('echo 5 passed, 0 failed; exit 1')).toEqual({ passed: 5, failed: 1, skipped: 0 })
})
