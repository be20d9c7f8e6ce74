import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { localTime } from '../../src/runtime/local-time.ts'

const source = join(import.meta.dir, '../../src/runtime/local-time.ts')
const JULY = Date.UTC(2026, 6, 5, 23, 30, 15, 999)
const JANUARY = Date.UTC(2026, 0, 1, 0, 0, 0)

/** What a process of its own says, as the zone of a process stays what it was at its start. */
function told(zone: string, ms: number): unknown {
  const program = `import { localTime } from ${JSON.stringify(source)}; console.log(JSON.stringify(localTime(${ms})))`
  const cmd = [process.execPath, '-e', program]
  return JSON.parse(Bun.spawnSync({ cmd, env: { ...process.env, TZ: zone } }).stdout.toString())
}

describe('local time', () => {
  test('east of Greenwich in summer it is the next day already', () => {
    const expected = { year: 2026, month: 6, day: 6, hours: 1, minutes: 30, seconds: 15 }
    expect(told('CET-1CEST,M3.5.0,M10.5.0/3', JULY)).toEqual(expected)
  })

  test('west of it in winter it is the year before still', () => {
    const expected = { year: 2025, month: 11, day: 31, hours: 19, minutes: 0, seconds: 0 }
    expect(told('EST5EDT,M3.2.0,M11.1.0', JANUARY)).toEqual(expected)
  })

  test('before 1970', () => {
    expect(told('UTC0', -1)).toEqual({ year: 1969, month: 11, day: 31, hours: 23, minutes: 59, seconds: 59 })
  })

  test('a moment that no calendar has is no reason to fail', () => {
    expect(() => localTime(8.64e15 + 1)).not.toThrow()
  })
})
