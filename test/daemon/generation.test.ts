import { afterAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GenerationFile } from '../../src/daemon/generation.ts'

const dir = mkdtempSync(join(tmpdir(), 'hb-generation-'))
afterAll(() => rmSync(dir, { recursive: true }))
const path = join(dir, 'hb_generation')

function file(stateDir = dir, againMs?: number): { file: GenerationFile; problems: string[] } {
  const problems: string[] = []
  return { file: new GenerationFile(stateDir, (text) => problems.push(text), againMs), problems }
}

describe('the generation', () => {
  test('goes on where heartbeat left it, one ahead on disk', () => {
    writeFileSync(path, '     1700000000\n')
    expect(file().file.begin(1_800_000_000)).toBe(1_700_000_001)
    expect(readFileSync(path, 'latin1')).toBe('     1700000002\n')
  })

  test('without a file it is the time', () => {
    rmSync(path)
    expect(file().file.begin(1_800_000_000)).toBe(1_800_000_001)
  })

  test('what holds no number is told, and the time taken', () => {
    writeFileSync(path, 'nonsense\n')
    const { file: f, problems } = file()
    expect(f.begin(1_800_000_000)).toBe(1_800_000_001)
    expect(problems.join()).toContain('holds no number')
  })

  test('where it cannot be written down it is no less than the time: more may have been used than the file says', () => {
    writeFileSync(join(dir, 'no-folder'), '')
    const { file: f, problems } = file(join(dir, 'no-folder'))
    expect(f.begin(1_800_000_000)).toBe(1_800_000_001)
    expect(f.begin(1_800_000_000)).toBeGreaterThan(1_800_000_000)
    expect(problems.join()).toContain('cannot write')
  })

  test('what could not be written down is, as soon as it can be', async () => {
    const full = join(dir, 'full')
    writeFileSync(full, '')
    const { file: f, problems } = file(full, 20)
    const used = f.begin(1_800_000_000)
    f.use(used + 5)
    await Bun.sleep(60)
    rmSync(full)
    mkdirSync(full)
    await Bun.sleep(60)
    expect(Number(readFileSync(join(full, 'hb_generation'), 'latin1'))).toBeGreaterThanOrEqual(used + 5)
    expect(problems.length).toBeGreaterThan(0)
    const { length } = problems
    await Bun.sleep(60)
    expect(problems.length).toBe(length)
  })
})
