import { expect, test } from 'bun:test'
import { budgetLine, hold } from './say.ts'

const budget = { what: 'a thing', unit: 'MiB', most: 120 }

test('the line names the figure, the budget and the unit', () => {
  expect(budgetLine(budget, 99.94)).toMatch(/^budget: a thing +99\.9 of 120 MiB$/)
  expect(budgetLine({ ...budget, most: 8 }, 1234.5)).toMatch(/ 1235 of 8\.0 MiB$/)
})

test('what is over its budget fails, and so does what was not measured', () => {
  const lines: string[] = []
  const print = (line: string) => lines.push(line)
  hold(budget, 120, print)
  expect(() => hold(budget, 121, print)).toThrow()
  expect(() => hold(budget, Number.NaN, print)).toThrow()
  expect(lines).toHaveLength(3)
})
