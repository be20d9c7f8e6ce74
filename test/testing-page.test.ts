/** docs/testing.md names only what is there: files, scenarios, tests by their names; and a row for every complaint and point. */
import { expect, test } from 'bun:test'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { faults } from './mutation/faults.ts'

const root = join(import.meta.dir, '..')
const page = readFileSync(join(root, 'docs/testing.md'), 'utf8')

/** Rows of the table under a heading, as cells. */
function rows(heading: string): string[][] {
  const section = page.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) => line.split('|').slice(1, -1))
}

const told = [...rows('What users of such systems suffer from'), ...rows('What a heartbeat must get right')]

test('every complaint and every point has its row', () => {
  expect(rows('What users of such systems suffer from').length).toBe(24)
  const numbers = rows('What a heartbeat must get right').map(([point]) => Number.parseInt(point!, 10))
  expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
})

test.each(told)('%s: what is named is there', (_what, scenarios, tests) => {
  const names = [...scenarios!.matchAll(/`([^`]+)`/g)].map((m) => m[1]!)
  for (const name of names) expect(existsSync(join(root, 'test/scenarios', `${name}.txt`))).toBe(true)
  const cited = [...tests!.matchAll(/`(test\/[^`]+)`(?:, property ([\w-]+)| "([^"]+)")?/g)]
  for (const [, path, property, name] of cited) {
    expect(statSync(join(root, path!)).isFile()).toBe(true)
    if (name !== undefined) expect(readFileSync(join(root, path!), 'utf8')).toContain(name)
    if (property !== undefined)
      expect(readFileSync(join(root, 'test/sim/properties.ts'), 'utf8')).toContain(`${property}: `)
  }
  if (names.length > 0) return
  // Where there is no scenario, the page says why, and names a test.
  expect(scenarios!.trim()).toMatch(/^\(.+\)$/)
  expect(cited.length).toBeGreaterThan(0)
})

test('every planted fault has its row', () => {
  const told = rows('Planted faults').map(([what]) => what!.trim())
  expect(told.toSorted()).toEqual(faults.map((f) => f.what).toSorted())
  expect(page).toContain(`${faults.length} of ${faults.length} were found`)
})
