import { expect, test } from 'bun:test'
import { markdown, median, outageTable } from './bench/table.ts'
import { judge } from './probe.ts'

test.each([
  [[3], 3],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
])('the median of %p is %p', (values, middle) => {
  expect(median(values)).toBe(middle)
})

test('a table is Markdown', () => {
  expect(markdown(['a', 'b'], [[1, 'x']])).toBe('| a | b |\n| --- | --- |\n| 1 | x |')
})

test('an outage table shows median, least and most', () => {
  const run = (ms: number) =>
    judge(
      [
        { atMs: 0, number: 0, host: 'node1' },
        { atMs: ms, number: 9, host: 'node2' },
      ],
      10,
      ms,
    )
  const table = outageTable('crash', new Map([['hb', [run(1300), run(1100), run(1200)]]]))
  expect(table.split('\n').at(-1)).toBe('| crash | hb | 3 | 1200 | 1100 | 1300 | 8 | 0 |')
})
