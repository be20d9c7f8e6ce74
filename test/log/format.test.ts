import { describe, expect, test } from 'bun:test'
import { type Entry, oneLine, plainLine, syslogDatagram, syslogStyleLine } from '../../src/log/format.ts'
import { local } from './local.ts'

const origin = { node: 'alpha', pid: 123 }
const entry = (over: Partial<Entry> = {}): Entry => ({
  level: 'info',
  text: 'Heartbeat generation: 7',
  wallMs: local(0, 5, 9, 8, 7),
  program: 'heartbeat',
  ...over,
})

describe('heartbeat’s lines', () => {
  test('with syslogmsgfmt on: the day has a leading zero', () => {
    expect(syslogStyleLine(entry(), origin)).toBe(
      'Jan 05 09:08:07 alpha heartbeat: [123]: info: Heartbeat generation: 7',
    )
  })
  test('with syslogmsgfmt off', () => {
    expect(plainLine(entry(), origin)).toBe('heartbeat[123]: 2026/01/05_09:08:07 info: Heartbeat generation: 7')
  })
  test('to syslog: the day is padded with a blank', () => {
    expect(syslogDatagram(entry(), origin, 30)).toBe(
      '<30>Jan  5 09:08:07 heartbeat: [123]: info: Heartbeat generation: 7',
    )
  })
  test('a helper speaks under its own name', () => {
    expect(plainLine(entry({ program: 'ResourceManager' }), origin)).toStartWith('ResourceManager[123]: ')
  })
  test.each(['CRIT', 'ERROR', 'WARN', 'notice', 'info', 'debug'] as const)('level %s as it is written', (level) => {
    expect(syslogStyleLine(entry({ level }), origin)).toContain(` ${level}: `)
  })
  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])('month %d has three letters', (month) => {
    const line = syslogStyleLine(entry({ wallMs: local(month, 28) }), origin)
    expect(line).toMatch(/^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) 28 00:00:00 alpha /)
  })
})

describe('one line', () => {
  test('no text can begin a line of its own or drive a terminal', () => {
    expect(oneLine('a\nb\r\tc\u001b[2Jd\u0000\u0085\u2028')).toBe('a\\nb\\r\\tc\\x1b[2Jd\\x00\\x85\\x2028')
    for (const line of [syslogStyleLine, plainLine]) {
      expect(line(entry({ text: 'x\nJan 01 00:00:00 forged' }), origin)).not.toContain('\n')
    }
  })
  test('other languages pass', () => expect(oneLine('Übung 日本')).toBe('Übung 日本'))
  test('an endless text is cut, and says by how much', () => {
    expect(oneLine('x'.repeat(4000))).toHaveLength(4000)
    expect(oneLine('x'.repeat(5000))).toBe(`${'x'.repeat(4000)}... (1000 more)`)
  })
})
