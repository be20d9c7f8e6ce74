import { expect, test } from 'bun:test'
import { type Answer, judge } from './probe.ts'

const answers = (...rows: [atMs: number, number: number, host: string][]): Answer[] =>
  rows.map(([atMs, number, host]) => ({ atMs, number, host }))

test('the outage is the longest time between two answers, with who gave them', () => {
  const seen = judge(answers([0, 0, 'node1'], [5, 1, 'node1'], [905, 181, 'node2'], [910, 182, 'node2']), 183, 912)
  expect(seen).toMatchObject({ outageMs: 900, from: 'node1', to: 'node2', moved: true, hosts: ['node1', 'node2'] })
  expect(seen).toMatchObject({ sent: 183, answered: 4, doubled: 0, silentMs: 2 })
})

test('two answers to one datagram are counted', () => {
  expect(judge(answers([0, 0, 'node1'], [1, 0, 'node2'], [5, 1, 'node1']), 2, 5)).toMatchObject({
    answered: 2,
    doubled: 1,
  })
})

test('no answer at all is no outage of nought', () => {
  expect(judge([], 10, 50)).toMatchObject({ outageMs: null, silentMs: null, moved: false, answered: 0 })
})

test('one answer, then silence, shows in the silence', () => {
  expect(judge(answers([10, 0, 'node1']), 100, 510)).toMatchObject({ outageMs: null, silentMs: 500 })
})
