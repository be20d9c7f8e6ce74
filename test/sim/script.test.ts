/** test/scenarios: SCENARIOS=write writes down what happens now, to be read before it is committed. */
import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { play, readScript } from './script.ts'

const DIR = join(import.meta.dirname, '../scenarios')
const files = readdirSync(DIR).filter((f) => f.endsWith('.txt'))

describe('scenarios', () => {
  test.each(files)('%s', (file) => {
    const path = join(DIR, file)
    const text = readFileSync(path, 'utf8')
    const script = readScript(text)
    const lines = play(script)
    if (process.env.SCENARIOS === 'write') {
      writeFileSync(path, `${text.replace(/expect:[\s\S]*$/, '').trimEnd()}\nexpect:\n${lines.join('\n')}\n`)
      return
    }
    expect(lines.join('\n')).toBe(script.expected.join('\n'))
    expect(lines.length).toBeGreaterThan(0)
  })

  test('a line that is not understood is named', () => {
    expect(() => readScript('cluster keepalive=1000\nat 3s explode ann\n')).toThrow('line 2')
    expect(() => readScript('start bob soon\n')).toThrow('soon is not a time')
  })
})
