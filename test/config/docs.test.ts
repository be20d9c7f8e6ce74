import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { settingsPage } from '../../scripts/gen-docs.ts'
import { haTable, hbTable } from '../../src/config/table.ts'
import { differences, otherValues } from '../interop/differences/classes.ts'
import { hearings } from '../interop/differences/heard.ts'

const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')

test('docs/settings.md is what the table says (if not: bun scripts/gen-docs.ts)', () => {
  expect(page).toBe(settingsPage())
})

test('every directive has its row', () => {
  for (const directive of [...haTable.values(), ...hbTable.values()]) {
    expect(page).toContain(`| \`${directive.grammar.replaceAll('|', '\\|')}\` |`)
  }
})

test('every row has as many cells as the heading', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('|'))
  expect(new Set(rows.map((row) => row.replaceAll('\\|', '').split('|').length))).toEqual(new Set([9]))
})

test('docs/differences.md gives a reason for every kind of difference that the tests let pass', () => {
  const text = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8')
  for (const { name } of [...differences, ...hearings]) expect(text).toContain(`| ${name} |`)
  for (const name of otherValues.values()) expect(text).toContain(`(${name})`)
})
