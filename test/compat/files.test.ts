import { expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFifo } from '../../src/compat/fifo.ts'
import type { FifoFind } from '../../src/compat/fifo-text.ts'
import { removePidFile, writePidFile } from '../../src/compat/pidfile.ts'
import { wordsOf } from './scene.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'hb-files-'))

test('the pid file is heartbeat’s: ten columns and a line end; only the own one is removed', () => {
  const path = join(folder(), 'heartbeat.pid')
  expect(writePidFile(path, 4711)).toBeNull()
  expect(readFileSync(path, 'latin1')).toBe('      4711\n')
  removePidFile(path, 4712)
  expect(existsSync(path)).toBe(true)
  removePidFile(path, 4711)
  expect(existsSync(path)).toBe(false)
  expect(writePidFile(folder(), 1)).toContain('not a file')
  expect(writePidFile('/nonexistent/heartbeat.pid', 1)).toContain('ENOENT')
})

test('the FIFO is for its owner alone, is read without waiting, and costs next to nothing', async () => {
  const path = join(folder(), 'fifo')
  const found: FifoFind[] = []
  const fifo = openFifo(path, (find) => found.push(find))
  expect(statSync(path).isFIFO()).toBe(true)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  for (const n of [1, 2]) {
    await Bun.spawn(['sh', '-c', `printf '>>>\\nt=my\\nn=${n}\\n<<<\\n' >>"$1"`, 'sh', path]).exited
  }
  for (let i = 0; i < 100 && found.length < 2; i++) await Bun.sleep(20)
  const before = process.cpuUsage()
  await Bun.sleep(1000)
  const used = process.cpuUsage(before)
  fifo.close()
  expect(found.map((f) => 'message' in f && wordsOf(f.message))).toEqual(['t=my n=1', 't=my n=2'])
  expect((used.user + used.system) / 1e6).toBeLessThan(0.1)
})

test('something else in the place of the FIFO is not touched', () => {
  const path = join(folder(), 'fifo')
  writeFileSync(path, 'precious')
  expect(() => openFifo(path, () => {})).toThrow('not a FIFO')
  expect(readFileSync(path, 'latin1')).toBe('precious')
})
