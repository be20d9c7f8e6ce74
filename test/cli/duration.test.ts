import { expect, test } from 'bun:test'
import { UsageError } from '../../src/cli/args.ts'
import { durationMs } from '../../src/cli/duration.ts'

test.each([
  ['90', 90_000],
  ['90s', 90_000],
  ['1.5', 1500],
  ['500ms', 500],
  ['0.25s', 250],
  ['2m', 120_000],
  ['5min', 300_000],
  ['24h', 86_400_000],
])('%s is %d ms', (text, ms) => {
  expect(durationMs('timeout', text)).toBe(ms)
})

test.each([
  '',
  '0',
  '0.0001',
  '-1',
  '1e3',
  '5 s',
  '5d',
  '25h',
  's',
  '1.',
  '9999999999',
  'NaN',
  '1,5',
  '5S',
  '1__proto__',
])('that "%s" is no time is said with what is expected', (text) => {
  expect(() => durationMs('timeout', text)).toThrow(UsageError)
  expect(() => durationMs('timeout', text)).toThrow(`--timeout ${text} is no usable time: expected seconds`)
})
