import { describe, expect, test } from 'bun:test'
import { lineBytesMax, splitLines, uncommented, wordsOf } from '../../src/config/lines.ts'
import { distance, nearest } from '../../src/config/nearest.ts'
import { ProblemList, problemsMax, problemText, whole } from '../../src/config/problem.ts'
import { parseServices } from '../../src/config/services.ts'
import { said } from './helper.ts'

describe('lines', () => {
  test('count from 1 and keep their text', () => {
    const problems = new ProblemList()
    expect(splitLines('f', 'a\n\nb', problems).map((l) => [l.number, l.text])).toEqual([
      [1, 'a'],
      [2, ''],
      [3, 'b'],
    ])
    expect(problems.list()).toEqual([])
  })

  test('of 5119 bytes are read, longer ones are refused and left out', () => {
    const problems = new ProblemList()
    const text = ['x'.repeat(lineBytesMax), 'x'.repeat(lineBytesMax + 1), 'ä'.repeat(lineBytesMax / 2 + 1)].join('\n')
    expect(splitLines('f', text, problems).map((l) => l.number)).toEqual([1])
    expect(said(problems.list())).toEqual([
      "f:2:0 error '': the line is longer than 5119 bytes",
      "f:3:0 error '': the line is longer than 5119 bytes",
    ])
  })

  test('a file of more than 1 MiB is refused whole', () => {
    const problems = new ProblemList()
    expect(splitLines('f', '#'.repeat((1 << 20) + 1), problems)).toEqual([])
    expect(said(problems.list())).toEqual(["f:0:0 error '': the file is larger than 1 MiB"])
  })

  test('control characters are found, tabs and carriage returns are none', () => {
    const problems = new ProblemList()
    expect(splitLines('f', 'a\tb\r\nab\0c\nx\x1b[1m', problems)).toHaveLength(1)
    expect(said(problems.list())).toEqual([
      "f:2:3 error '': a control character",
      "f:3:2 error '': a control character",
    ])
    expect(splitLines('f', 'ab\0c', problems, 'any')).toHaveLength(1)
  })

  test('words carry their columns', () => {
    const line = { file: 'f', number: 4, text: '  node  a,b # c' }
    const words = wordsOf(line, uncommented(line.text), /[^ ,]+/g)
    expect(words.map((w) => [w.line, w.column, w.text])).toEqual([
      [4, 3, 'node'],
      [4, 9, 'a'],
      [4, 11, 'b'],
    ])
  })
})

describe('nearest', () => {
  test.each([
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
  ])('from %s to %s it is %d steps', (a, b, steps) => expect(distance(a, b)).toBe(steps))

  const names = ['keepalive', 'deadtime', 'node', 'ping', 'ucast']
  test.each([
    ['keepaliv', 'keepalive'],
    ['KeepAlive', 'keepalive'],
    ['daedtime', 'deadtime'],
    ['nodes', 'node'],
    ['unicast', 'ucast'],
    ['xyzzy', null],
    ['x'.repeat(5000), null],
    ['', null],
  ])('%p means %p', (word, expected) => expect(nearest(word, names)).toBe(expected))
})

describe('problems', () => {
  const at = { file: '/etc/ha.d/ha.cf', line: 3, column: 11 }
  test('become one line each', () => {
    const list = new ProblemList()
    list.error(at, '2s', 'not a time', 'write 2')
    list.warning({ ...at, column: 0 }, '', 'odd', '')
    list.error(whole('f'), '', 'missing', 'make one')
    expect(list.list().map((p) => problemText(p))).toEqual([
      '/etc/ha.d/ha.cf:3: warning: odd',
      "/etc/ha.d/ha.cf:3:11: error: not a time: '2s' (write 2)",
      'f: error: missing (make one)',
    ])
    expect(problemText(list.list()[1]!, true)).toContain('\x1b[1;31merror\x1b[0m')
  })

  test('a word never brings control characters or a flood to the terminal', () => {
    const list = new ProblemList()
    list.error(at, `\x1b[2J${'x'.repeat(5000)}`, 'odd', '')
    const line = problemText(list.list()[0]!)
    expect(line).not.toContain('\x1b')
    expect(line.length).toBeLessThan(150)
  })

  test('are bounded, and an error beyond the bound still counts', () => {
    const list = new ProblemList()
    for (let i = 0; i < problemsMax + 5; i++) list.warning({ ...at, line: i }, '', 'odd', '')
    expect(list.failed).toBe(false)
    list.error(at, '', 'wrong', '')
    expect(list.failed).toBe(true)
    expect(list.list()).toHaveLength(problemsMax + 1)
    expect(list.list().at(-1)).toMatchObject({ severity: 'error', message: '6 more problems are not shown' })
  })
})

test('services are found by UDP port', () => {
  const services = parseServices('# x\nssh 22/tcp\nha-cluster\t694/udp # Heartbeat\nsyslog 514/udp\nother 694/udp\n')
  expect([...services]).toEqual([
    [694, 'ha-cluster'],
    [514, 'syslog'],
  ])
})
