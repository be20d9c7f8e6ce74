import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { readArgs, UsageError, unknown } from '../../src/cli/args.ts'
import { spec, type VerbName, verbNames } from '../../src/cli/verbs.ts'

const refused = (verb: VerbName, ...argv: string[]) => {
  try {
    readArgs(verb, argv)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'accepted'
}

describe('options', () => {
  test('with a value, in both spellings, between the words', () => {
    const args = readArgs('standby', ['--socket', '/a', 'local', '--timeout=5'])
    expect([args.value('socket'), args.value('timeout'), args.words]).toEqual(['/a', '5', ['local']])
  })

  test('without a value', () => {
    expect(readArgs('status', ['--json']).has('json')).toBe(true)
    expect(readArgs('status', []).has('json')).toBe(false)
    expect(readArgs('status', ['--json']).value('json')).toBeUndefined()
  })

  test('given twice count with their last value', () => {
    expect(readArgs('run', ['--config', 'a', '--config', 'b']).value('config')).toBe('b')
  })

  test('may have a value that looks like an option, when it is tied to it', () => {
    expect(readArgs('run', ['--config=-odd']).value('config')).toBe('-odd')
  })

  test.each([
    ['status', ['--jsn'], "unknown option '--jsn': did you mean '--json'?"],
    ['status', ['--config', '/etc/ha.d'], "unknown option '--config', expected --json, --socket, --timeout or --help"],
    ['status', ['-j'], "unknown option '-j', expected --json, --socket, --timeout or --help"],
    ['status', ['--help=1'], "unknown option '--help': did you mean '--help'?"],
    ['run', ['--confg', 'x'], "unknown option '--confg': did you mean '--config'?"],
    ['run', ['--statedir', 'x'], "unknown option '--statedir': did you mean '--state-dir'?"],
    ['run', ['--config'], '--config needs a value: --config DIR'],
    ['run', ['--config='], '--config needs a value: --config DIR'],
    ['run', ['--config', '--foreground'], '--config needs a value: --config DIR'],
    ['run', ['--foreground=yes'], "--foreground takes no value, found 'yes'"],
    ['run', ['--__proto__'], "unknown option '--__proto__', expected"],
    ['help', ['--x\u001b[2J'], "unknown option '--x?[2J', expected --help"],
  ] as [VerbName, string[], string][])('%s %p', (verb, argv, message) => {
    expect(refused(verb, ...argv)).toStartWith(message)
  })
})

describe('words', () => {
  test.each([
    ['standby', ['loca'], "unknown word 'loca': did you mean 'local'?"],
    ['standby', ['everything'], "unknown word 'everything', expected all, local, foreign or failback"],
    ['standby', ['all', 'local'], "unexpected word 'local' behind standby"],
    ['status', ['beta'], "unexpected word 'beta' behind status"],
    ['status', ['--', '--json'], "unexpected word '--json' behind status"],
    ['resource', ['IPaddr'], 'resource needs more words: SCRIPT'],
  ] as [VerbName, string[], string][])('%s %p', (verb, argv, message) => {
    expect(refused(verb, ...argv)).toStartWith(message)
  })

  test('behind -- are words', () => {
    expect(readArgs('resource', ['--', 'IPaddr', '-x', 'start']).words).toEqual(['IPaddr', '-x', 'start'])
  })
})

test('an unknown word of any length is shown only in part', () => {
  expect(unknown('word', 'w'.repeat(5000), ['all']).message.length).toBeLessThan(120)
})

test('whatever is on the command line, it is accepted or refused with a message', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom('--', '-', '--json', '--socket', '--timeout=', 'all', '-h'))
  fc.assert(
    fc.property(fc.constantFrom(...verbNames), fc.array(piece, { maxLength: 6 }), (verb, argv) => {
      expect(refused(verb, ...argv)).not.toBe('')
    }),
    { numRuns: 500 },
  )
})

test('what a row of the table allows is accepted', () => {
  for (const verb of verbNames) {
    const { options, choices, wordsMin = 0 } = spec(verb)
    const words = choices ? [choices[0]!] : Array(wordsMin).fill('w')
    const argv = options.flatMap((o) => (o.value ? [`--${o.name}`, 'v'] : [`--${o.name}`]))
    const args = readArgs(verb, [...argv, ...words])
    for (const option of options) expect(args.has(option.name)).toBe(true)
    expect(args.words).toEqual(words)
  }
})
