import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { settingsPage } from '../../scripts/gen-docs.ts'
import { haTable, hbTable } from '../../src/config/table.ts'

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
  expect(new Set(rows.map((row) => row.replaceAll('\\|', '').split('|').length))).toEqual(new Set([8]))
})
