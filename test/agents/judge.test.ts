import { describe, expect, test } from 'bun:test'
import { judge, textSays } from '../../src/agents/judge.ts'

describe("heartbeat's rule for texts", () => {
  test.each([
    ['running', 'running'],
    ['apache2 is Running', 'running'],
    ['OK', 'running'],
    ['RUNNING', 'stopped'],
    ['ok', 'stopped'],
    ['', 'stopped'],
    ['stopped', 'stopped'],
    ['not running', 'stopped'],
    ['NoT really Running', 'stopped'],
    ['Not OK', 'running'],
    ['notrunning', 'running'],
    ['not a process\nis running', 'stopped'],
    ['running, but not well', 'running'],
    ['resource is not there\nOK', 'running'],
  ] as const)('%p is %s', (text, state) => {
    expect(textSays(text)).toBe(state)
  })
})

describe('the outcome', () => {
  test('start and stop are judged by the exit code alone', () => {
    for (const dialect of ['text', 'lsb', 'ocf'] as const) {
      expect(judge(dialect, 'start', 0, 'not running')).toBe('ok')
      expect(judge(dialect, 'stop', 1, 'OK')).toBe('failed')
      expect(judge(dialect, 'stop', null, 'OK')).toBe('failed')
    }
  })

  test('resource.d scripts: the text alone', () => {
    expect(judge('text', 'status', 1, 'running')).toBe('running')
    expect(judge('text', 'status', 0, '')).toBe('stopped')
    expect(judge('text', 'status', null, 'running')).toBe('failed')
  })

  test('init scripts: 0 runs, 1, 2 and 3 do not, whatever they say; any other code is a failure', () => {
    expect(judge('lsb', 'status', 0, '')).toBe('running')
    for (const code of [1, 2, 3]) expect(judge('lsb', 'status', code, 'is running')).toBe('stopped')
    for (const code of [4, 64, 150]) expect(judge('lsb', 'status', code, 'is running')).toBe('failed')
  })

  test('an old init script that says "not running" and ends with 0 is started, but its monitor believes the 0', () => {
    expect(judge('lsb', 'status', 0, 'httpd is not running')).toBe('stopped')
    expect(judge('lsb', 'status', 0, 'httpd is not running', true)).toBe('running')
    expect(judge('lsb', 'status', 3, 'httpd is running', true)).toBe('stopped')
  })

  test('OCF agents: 0 and 8 run, 5 and 7 do not, and anything else is a failure', () => {
    for (const code of [0, 8]) expect(judge('ocf', 'status', code, 'stopped')).toBe('running')
    for (const code of [5, 7]) expect(judge('ocf', 'status', code, 'running')).toBe('stopped')
    for (const code of [1, 6, 9]) expect(judge('ocf', 'status', code, 'running')).toBe('failed')
  })

  test('a monitor leaves scripts of resource.d their text: they have no codes', () => {
    expect(judge('text', 'status', 1, 'running', true)).toBe('running')
    expect(judge('text', 'status', 0, 'stopped', true)).toBe('stopped')
  })
})
