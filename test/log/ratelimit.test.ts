import { describe, expect, test } from 'bun:test'
import { RateLimit } from '../../src/log/ratelimit.ts'

const line = (text: string) => ({ level: 'WARN', text }) as const
const texts = (limit: RateLimit, nowMs: number) => limit.due(nowMs).map((l) => l.text)

describe('a flood', () => {
  test('is one line, then a summary a minute with counts and sources', () => {
    const limit = new RateLimit()
    expect(limit.note('bad signature', '10.0.0.9', line('first'), 0)).toEqual(line('first'))
    for (let i = 0; i < 1000; i++) {
      expect(limit.note('bad signature', i % 4 === 0 ? '10.0.0.8' : '10.0.0.9', line('x'), i)).toBeNull()
    }
    expect(limit.due(59_999)).toEqual([])
    expect(limit.due(60_000)).toEqual([
      { level: 'WARN', text: 'bad signature: 1000 more in 60 s, from 10.0.0.9 (750), 10.0.0.8 (250)' },
    ])
    limit.note('bad signature', '10.0.0.8', line('x'), 70_000)
    expect(texts(limit, 90_000)).toEqual([])
    expect(texts(limit, 120_000)).toEqual(['bad signature: 1 more in 60 s, from 10.0.0.8 (1)'])
  })

  test('that ended is forgotten after a minute, and begins with a line again', () => {
    const limit = new RateLimit()
    limit.note('a', 's', line('1'), 0)
    expect(texts(limit, 60_000)).toEqual([])
    expect(limit.note('a', 's', line('2'), 60_001)).toEqual(line('2'))
  })

  test('of one kind does not silence another', () => {
    const limit = new RateLimit()
    limit.note('a', 's', line('1'), 0)
    expect(limit.note('b', 's', line('2'), 0)).toEqual(line('2'))
  })

  test('names the length of time that really passed', () => {
    const limit = new RateLimit({ intervalMs: 1000 })
    limit.note('a', 's', line('1'), 0)
    limit.note('a', 's', line('1'), 1)
    expect(texts(limit, 7000)).toEqual(['a: 1 more in 7 s, from s (1)'])
  })
})

describe('bounds', () => {
  test('many sources: the first are named, the others counted', () => {
    const limit = new RateLimit({ sourcesMax: 2 })
    limit.note('a', 's0', line('1'), 0)
    for (let i = 0; i < 10; i++) limit.note('a', `s${i % 5}`, line('x'), 0)
    expect(texts(limit, 60_000)).toEqual(['a: 10 more in 60 s, from s0 (2), s1 (2), others (6)'])
  })

  test('many kinds: what goes beyond is one line and one summary', () => {
    const limit = new RateLimit({ kindsMax: 2 })
    const lines = Array.from({ length: 100 }, (_, i) => limit.note(`kind ${i}`, 's', line(`l${i}`), 0))
    expect(lines.filter((l) => l !== null)).toHaveLength(3)
    expect(texts(limit, 60_000)).toEqual(['further complaints: 97 more in 60 s, from s (97)'])
  })

  test('a random storm: nothing is lost from the count', () => {
    const limit = new RateLimit({ kindsMax: 4, sourcesMax: 3 })
    let seed = 7
    const dice = (n: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return Math.floor((seed / 2147483648) * n)
    }
    let nowMs = 0
    let accounted = 0
    const sum = () => texts(limit, nowMs).reduce((n, t) => n + Number(/: (\d+) more/.exec(t)![1]), 0)
    for (let i = 0; i < 5000; i++) {
      nowMs += dice(100)
      if (limit.note(`k${dice(8)}`, `s${dice(9)}`, line('x'), nowMs) !== null) accounted++
      accounted += sum()
    }
    nowMs += 60_000
    expect(accounted + sum()).toBe(5000)
  })
})
