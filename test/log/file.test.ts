import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LogFile } from '../../src/log/file.ts'

let dir = ''
let told: string[] = []
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hb-log-'))
  told = []
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const at = (name: string) => join(dir, name)
const open = (path = at('ha-log'), owner: { uid: number; gid: number } | null = null) =>
  new LogFile(path, { owner, tell: (text) => told.push(text) })
const read = (name = 'ha-log') => readFileSync(at(name), 'utf8')

describe('a log file', () => {
  test('is appended to', () => {
    const first = open()
    first.write('one', 0)
    first.close()
    const second = open()
    second.write('zwei ü', 0)
    expect(read()).toBe('one\nzwei ü\n')
    expect(told).toEqual([])
  })

  test('that was replaced is followed, looked at once a minute at most', () => {
    const file = open()
    file.write('one', 0)
    renameSync(at('ha-log'), at('ha-log.1'))
    file.write('two', 59_999)
    file.write('three', 60_000)
    expect(read('ha-log.1')).toBe('one\ntwo\n')
    expect(read()).toBe('three\n')
  })

  test('is opened anew at once when asked', () => {
    const file = open()
    file.write('one', 0)
    renameSync(at('ha-log'), at('ha-log.1'))
    file.reopen(1)
    file.write('two', 2)
    expect([read('ha-log.1'), read()]).toEqual(['one\n', 'two\n'])
  })

  test('that is still the same is not opened anew', () => {
    const file = open()
    for (let minute = 0; minute < 5; minute++) file.write(String(minute), minute * 60_000)
    expect(read()).toBe('0\n1\n2\n3\n4\n')
  })

  test('is written by its owner alone, and nobody can run it', () => {
    open().write('x', 0)
    expect(statSync(at('ha-log')).mode & 0o7133).toBe(0)
  })

  test.skipIf(process.getuid?.() !== 0)('is given to its owner (needs root)', () => {
    open(at('ha-log'), { uid: 12_345, gid: 54_321 }).write('x', 0)
    expect(statSync(at('ha-log'))).toMatchObject({ uid: 12_345, gid: 54_321 })
  })
})

describe('trouble is told once and never thrown', () => {
  test('a missing directory: told, with the remedy, and found when it has been made', () => {
    const file = open(at('missing/ha-log'))
    file.write('one', 0)
    file.write('two', 1)
    expect(told).toEqual([
      `log file ${at('missing/ha-log')}: the directory ${at('missing')} does not exist: create it; lines are lost until this ends`,
    ])
    mkdirSync(at('missing'))
    file.write('three', 30_000)
    file.write('four', 60_000)
    expect(read('missing/ha-log')).toBe('four\n')
    expect(told.at(-1)).toEndWith('works again, 3 lines were lost')
    expect(file.lost).toBe(3)
  })

  test('a full disk', () => {
    const file = open('/dev/full')
    for (let i = 0; i < 100; i++) file.write('x', i)
    expect(told).toEqual(['log file /dev/full: no space left on the device; lines are lost until this ends'])
    expect(file.lost).toBe(100)
  })

  test('a directory', () => {
    open(dir).write('x', 0)
    expect(told[0]).toContain('is a directory: name a file')
  })

  test('a pipe that nobody reads, and one whose reader does not keep up', () => {
    Bun.spawnSync(['mkfifo', at('pipe')])
    const unread = open(at('pipe'))
    unread.write('x', 0)
    expect(told[0]).toContain('is a pipe that nobody reads')

    const reader = openSync(at('pipe'), 'r+')
    const slow = open(at('pipe'))
    for (let i = 0; i < 2000; i++) slow.write('x'.repeat(100), 0)
    expect(slow.lost).toBeGreaterThan(500)
    expect(told.at(-1)).toMatch(/does not keep up|no space for a whole line/)
    closeSync(reader)
  })

  test('after a torn line the next begins on a line of its own', () => {
    Bun.spawnSync(['mkfifo', at('pipe')])
    const reader = openSync(at('pipe'), 'r+')
    const file = open(at('pipe'))
    const long = 'y'.repeat(50_000)
    file.write(long, 0)
    file.write(long, 0)
    const drained = Buffer.alloc(200_000)
    const got = readSync(reader, drained)
    file.write('next', 0)
    const rest = readSync(reader, drained, got, 100_000, null)
    const text = drained.toString('utf8', 0, got + rest)
    expect(text).toMatch(/y\nnext\n$/)
    expect(file.lost).toBe(1)
    closeSync(reader)
  })
})
