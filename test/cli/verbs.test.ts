import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readArgs } from '../../src/cli/args.ts'
import { Exit, exitMeaning } from '../../src/cli/exit.ts'
import { exitCodes, overview, verbHelp } from '../../src/cli/help-text.ts'
import { isVerb, spec, usage, verbNames } from '../../src/cli/verbs.ts'
import { WIDTH } from '../../src/cli/wrap.ts'

const wide = (text: string) => text.split('\n').filter((line) => line.length > WIDTH)

describe.each(verbNames)('%s', (name) => {
  const row = spec(name)

  test('is a file of its own with a function of that name', async () => {
    const file = join(import.meta.dir, `../../src/cli/${name}.ts`)
    expect(existsSync(file)).toBe(true)
    const camel = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
    expect(await Bun.file(file).text()).toMatch(new RegExp(`export (async )?function ${camel}\\(`))
  })

  test('has examples that are calls of it as it is', () => {
    expect(row.examples.length).toBeGreaterThan(0)
    for (const { call } of row.examples) {
      const last = call.split(' && ').at(-1)!.split(' ')
      expect(last.slice(0, 2)).toEqual(['hb', name])
      readArgs(name, last.slice(2))
    }
  })

  test('has a help text with examples first, every option and every exit code', () => {
    const text = verbHelp(name)
    expect(wide(text)).toEqual([])
    const [examples, usageAt, options] = ['Examples:', 'Usage:', 'Options:'].map((title) =>
      text.indexOf(`\n${title}\n`),
    )
    expect(examples!).toBeLessThan(usageAt!)
    expect(usageAt!).toBeLessThan(options!)
    for (const option of row.options) expect(text).toContain(`\n  --${option.name}`)
    for (const code of row.exits) expect(text).toContain(`\n  ${code} `)
    expect(text).toContain('-h, --help')
  })

  test('says what it is in one line without a full stop', () => {
    expect(row.summary.length).toBeLessThan(60)
    expect(row.summary).not.toMatch(/\.$|\n/)
  })

  test('can be called wrongly', () => {
    expect(row.exits).toContain(Exit.usage)
  })
})

test('the overview names every verb, examples first', () => {
  const text = overview()
  expect(wide(text)).toEqual([])
  expect(text.indexOf('Examples:')).toBeLessThan(text.indexOf('Commands:'))
  const width = Math.max(...verbNames.map((name) => name.length))
  for (const name of verbNames) expect(text).toContain(`\n  ${name.padEnd(width)}  ${spec(name).summary}\n`)
})

test('only verbs are verbs', () => {
  for (const word of ['', 'Run', 'toString', '__proto__', 'constructor', 'runs']) expect(isVerb(word)).toBe(false)
  expect(isVerb('run')).toBe(true)
})

test('a usage line has the words first', () => {
  expect(usage('standby')).toBe('hb standby [all|local|foreign|failback] [--socket PATH] [--timeout TIME]')
  expect(usage('version')).toBe('hb version [--licenses]')
})

test('every exit code has a meaning, and heartbeat keeps its own', () => {
  for (const code of Object.values(Exit)) expect(exitCodes([code])).toContain(exitMeaning[code].slice(0, 20))
  expect([Exit.fine, Exit.usage, Exit.notRunning, Exit.notPermitted, Exit.configuration]).toEqual([0, 2, 3, 4, 6])
})
