import { describe, expect, test } from 'bun:test'
import { Output } from '../../src/agents/output.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function fed(...chunks: (string | Uint8Array)[]): { output: Output; lines: string[] } {
  const lines: string[] = []
  const output = new Output((line) => lines.push(line))
  for (const chunk of chunks) output.add(typeof chunk === 'string' ? bytes(chunk) : chunk, true)
  output.end()
  return { output, lines }
}

describe('lines', () => {
  test('are put together from pieces; the last needs no line end', () => {
    expect(fed('Start', 'ing\nfi', 'ne\n\n', 'bye').lines).toEqual(['Starting', 'fine', 'bye'])
  })

  test('of both streams do not mix', () => {
    const lines: string[] = []
    const output = new Output((line) => lines.push(line))
    output.add(bytes('out '), true)
    output.add(bytes('err '), false)
    output.add(bytes('one\n'), true)
    output.add(bytes('two\n'), false)
    expect(lines).toEqual(['out one', 'err two'])
    expect(output.standard).toBe('out one\n')
  })

  test('a character that is cut in two is put together', () => {
    const whole = bytes('läuft\n')
    expect(fed(whole.subarray(0, 2), whole.subarray(2)).lines).toEqual(['läuft'])
  })

  test('are bounded in number and length', () => {
    const { lines } = fed('x\n'.repeat(5000))
    expect(lines).toHaveLength(201)
    expect(lines.at(-1)).toContain('more than 200 lines')
    expect(fed('y'.repeat(100_000)).lines[0]).toHaveLength(1000)
  })
})

describe('what is kept', () => {
  test('the last words: 2 KiB in one line', () => {
    expect(fed('one\n  two  \n\nthree').output.lastWords).toBe('one | two | three')
    expect(fed('a'.repeat(5000), 'b').output.lastWords).toBe(`${'a'.repeat(2047)}b`)
  })

  test('the first 64 KiB of standard output', () => {
    const { output } = fed('not running ', 'z'.repeat(100_000))
    expect(output.standard).toHaveLength(65536)
    expect(output.standard.startsWith('not running')).toBe(true)
  })
})
