import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROPERTIES } from './properties.ts'

test('each property that is counted is watched over somewhere', () => {
  const files = readdirSync(import.meta.dirname).filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts'))
  const code = files.map((f) => readFileSync(join(import.meta.dirname, f), 'utf8')).join('')
  expect(PROPERTIES.filter((name) => !code.includes(`\`${name}: `))).toEqual([])
})
