/** No text, whatever it is, makes the parser throw, hang, or contradict itself. */
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { explain } from '../../src/config/explain.ts'
import { problemsMax } from '../../src/config/problem.ts'
import { parseConfig, problemText } from '../../src/config/read.ts'
import { haTable, hbTable } from '../../src/config/table.ts'
import { pace } from '../pace.ts'
import { files, haCf } from './helper.ts'

const words = [
  'alpha',
  'beta',
  '10.0.0.1',
  '::',
  '2001:db8::1',
  '1',
  'on',
  'ms',
  '/a',
  '\\',
  '#',
  '\r',
  '\0',
  'eth0',
  '=',
  ',',
]
const name = fc.constantFrom(...haTable.keys(), ...hbTable.keys(), 'auth', 'IPaddr', 'IPv6addr')
const word = fc.oneof(
  name,
  fc.constantFrom(...words),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
)
const space = fc.constantFrom(' ', '\t', ',', '::', '', '  ')
const line = fc.array(fc.tuple(word, space), { maxLength: 7 }).map((parts) => parts.flat().join(''))
const text = fc
  .tuple(fc.boolean(), fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\\\n'))
  .map(([right, lines, end]) => (right ? haCf : '') + lines.join(end))
const file = fc.option(text, { freq: 8 })

test('any four texts give a configuration or an error, never both and never an exception', () => {
  fc.assert(
    fc.property(file, file, file, file, fc.nat(0o7777), word, (haCf, haresources, hbCf, keys, mode, nodename) => {
      const authkeys = keys === null ? null : { text: keys, mode }
      const { config, problems } = parseConfig({ dir: '/d', haCf, haresources, hbCf, authkeys }, { nodename })
      expect(config === null).toBe(problems.some((p) => p.severity === 'error'))
      expect(problems.length).toBeLessThanOrEqual(problemsMax + 1)
      for (const problem of problems) {
        expect(problemText(problem)).toMatch(/^\/d\/[a-z.]+(:\d+){0,2}: (error|warning): [^\p{Cc}]+$/u)
        const source = { '/d/ha.cf': haCf, '/d/hb.cf': hbCf, '/d/haresources': haresources, '/d/authkeys': keys }[
          problem.file
        ]
        const lines = (source ?? '').split('\n')
        expect(problem.line).toBeLessThanOrEqual(lines.length)
        if (problem.line > 0) expect(problem.column).toBeLessThanOrEqual(lines[problem.line - 1]!.length + 1)
      }
    }),
    { numRuns: 1500 },
  )
})

test('a right ha.cf with any lines behind it reads the same twice, and can be explained', () => {
  fc.assert(
    fc.property(text, text, (more, haresources) => {
      const read = () => parseConfig({ ...files, haCf: haCf + more, haresources }, { nodename: 'alpha' })
      const { config } = read()
      expect(read()).toEqual(read())
      if (config) expect(explain(config, 'alpha').length).toBeGreaterThan(5)
    }),
    { numRuns: 300 },
  )
})

/** As much of a file as is allowed, made of one line. */
const filled = (line: string) => `${line}\n`.repeat(Math.floor((1 << 20) / (line.length + 1)))

test.each([
  ['unknown directives', 'x'],
  ['nodes', 'node a b c d e f'],
  ['long words', 'keepalive '.padEnd(5000, '9')],
  ['many words', 'keepalive'.padEnd(5000, ' 1')],
  ['commas', 'node'.padEnd(5000, ',')],
  ['pings', 'ping a'],
  ['media', 'bcast eth0'],
  ['respawn', 'respawn root /a b c'],
  ['apiauth', 'apiauth a uid=b'],
  ['groups', 'alpha 10.0.0.1 x'],
  ['dots', `alpha ${'1.'.repeat(2500)}`],
  ['colons', `alpha ${':'.repeat(5000)}`],
  ['backslashes', 'alpha \\'],
  ['keys', '1 sha1 a'],
  ['auths', 'auth 1'],
])('a megabyte of %s takes no more than a moment', (_, line) => {
  const text = filled(line)
  const begun = performance.now()
  parseConfig(
    { dir: '', haCf: text, haresources: text, hbCf: text, authkeys: { text, mode: 0o600 } },
    { nodename: 'a' },
  )
  expect(performance.now() - begun).toBeLessThan(4000 * pace())
})

test('different groups in their thousands take no more than a moment', () => {
  const numbers = Array.from({ length: 30_000 }, (_, i) => i)
  const haresources = numbers.map((i) => `alpha 10.${i >> 16}.${(i >> 8) & 255}.${i & 255} r${i}\n`).join('')
  const begun = performance.now()
  expect(parseConfig({ ...files, haresources }, { nodename: 'alpha' }).config?.cluster.groups).toHaveLength(30_000)
  expect(performance.now() - begun).toBeLessThan(4000 * pace())
})
