import { describe, expect, test } from 'bun:test'
import { counters, exposition, gauge, gauges, oneHot } from '../../src/http/exposition.ts'
import { checkExposition } from './exposition-check.ts'

describe('exposition', () => {
  test('a family is HELP, TYPE and its samples', () => {
    const text = exposition([gauges('hb_a_seconds', 'How long.', [{ labels: { x: '1', y: '2' }, value: 0.25 }])])
    expect(text).toBe('# HELP hb_a_seconds How long.\n# TYPE hb_a_seconds gauge\nhb_a_seconds{x="1",y="2"} 0.25\n')
  })

  test('a sample without labels has no braces', () => {
    expect(exposition([gauge('hb_a', 'A.', 3)])).toContain('\nhb_a 3\n')
  })

  test('quotes, backslashes and line ends in labels and help are escaped', () => {
    const text = exposition([gauges('hb_a', 'one\ntwo\\', [{ labels: { x: 'a"b\\c\nd' }, value: 1 }])])
    expect(text).toContain('# HELP hb_a one\\ntwo\\\\\n')
    expect(text).toContain('hb_a{x="a\\"b\\\\c\\nd"} 1\n')
    expect(checkExposition(text)).toEqual([])
  })

  test('of a repeated family or series the first is kept', () => {
    const twice = [
      { labels: { node: 'a' }, value: 1 },
      { labels: { node: 'a' }, value: 2 },
    ]
    const text = exposition([gauges('hb_a', 'A.', twice), gauge('hb_a', 'Again.', 9)])
    expect(text).toBe('# HELP hb_a A.\n# TYPE hb_a gauge\nhb_a{node="a"} 1\n')
  })

  test('a family without samples is left out', () => {
    expect(exposition([counters('hb_a_total', 'A.', []), gauge('hb_b', 'B.', 1)])).not.toContain('hb_a_total')
  })

  test('values that are no number have their own words', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e21]
    const text = exposition([
      gauges(
        'hb_a',
        'A.',
        values.map((value, i) => ({ labels: { i: String(i) }, value })),
      ),
    ])
    expect(text.match(/ \S+$/gm)).toEqual([' A.', ' gauge', ' NaN', ' +Inf', ' -Inf', ' 1e+21'])
  })

  test('one state of several is 1', () => {
    expect(oneHot({ n: 'x' }, 'state', ['up', 'dead'], 'dead')).toEqual([
      { labels: { n: 'x', state: 'up' }, value: 0 },
      { labels: { n: 'x', state: 'dead' }, value: 1 },
    ])
  })
})

describe('the checker itself sees', () => {
  const good = '# HELP hb_a_total A.\n# TYPE hb_a_total counter\nhb_a_total 1\n'
  const cases: [string, string, string][] = [
    ['a missing last line end', good.trimEnd(), 'the last line has no end'],
    ['a counter without _total', good.replaceAll('hb_a_total', 'hb_a'), 'hb_a: a counter by that name'],
    ['a gauge with _total', good.replace('counter', 'gauge'), 'hb_a_total: a gauge by that name'],
    ['milliseconds', '# HELP hb_a_ms A.\n# TYPE hb_a_ms gauge\nhb_a_ms 1\n', 'hb_a_ms: not a base unit'],
    ['a capital', '# HELP hb_A A.\n# TYPE hb_A gauge\nhb_A 1\n', 'hb_A: not a good name'],
    ['a series twice', `${good}hb_a_total 2\n`, 'hb_a_total: twice'],
    ['a family twice', `${good}${good}`, 'hb_a_total: HELP twice'],
    ['a stray sample', `${good}hb_b 2\n`, 'hb_b: a sample outside its family'],
    ['a bad label', good.replace('hb_a_total 1', 'hb_a_total{x="a"b"} 1'), 'hb_a_total: labels x="a"b"'],
    ['a bad value', good.replace('hb_a_total 1', 'hb_a_total null'), 'hb_a_total: value null'],
  ]
  test('nothing in a good text', () => expect(checkExposition(good)).toEqual([]))
  test.each(cases)('%s', (_, text, problem) => expect(checkExposition(text)).toContain(problem))
})
