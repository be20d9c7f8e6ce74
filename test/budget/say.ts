/** A figure beside its budget: printed for the reader of a test run, and held. */
import { expect } from 'bun:test'

export interface Budget {
  readonly what: string
  readonly unit: string
  readonly most: number
}

const digits = (value: number): string => (value < 100 ? value.toFixed(1) : value.toFixed(0))

/** The line that continuous integration shows. */
export const budgetLine = ({ what, unit, most }: Budget, value: number): string =>
  `budget: ${what.padEnd(52)} ${digits(value).padStart(8)} of ${digits(most)} ${unit}`

/** Prints the figure and fails when it is more than the budget. */
export function hold(budget: Budget, value: number, print: (line: string) => void = console.log): void {
  print(budgetLine(budget, value))
  expect(Number.isFinite(value), `${budget.what} could not be measured`).toBeTrue()
  expect(value, budget.what).toBeLessThanOrEqual(budget.most)
}
