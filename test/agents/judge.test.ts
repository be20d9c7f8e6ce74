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

  test('init scripts: 0 and 3 go before the text, other codes leave it to the text', () => {
    expect(judge('lsb', 'status', 0, '')).toBe('running')
    expect(judge('lsb', 'status', 3, 'running')).toBe('stopped')
    expect(judge('lsb', 'status', 1, 'dead, but pid file exists')).toBe('stopped')
    expect(judge('lsb', 'status', 4, 'is running')).toBe('running')
  })

  test('an old init script that says "not running" and ends with 0 is believed by its words', () => {
    expect(judge('lsb', 'status', 0, 'httpd is not running')).toBe('stopped')
  })

  test('OCF agents: 0, 7, and anything else is a failure', () => {
    expect(judge('ocf', 'status', 0, '')).toBe('running')
    expect(judge('ocf', 'status', 7, 'running')).toBe('stopped')
    expect(judge('ocf', 'status', 1, 'running')).toBe('failed')
  })
})
