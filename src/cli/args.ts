/** Reads the arguments of a verb by its row in the table. The only file that knows which parser does it. */
import { parseArgs } from 'node:util'
import { nearest } from '../config/nearest.ts'
import { spec, type VerbName } from './verbs.ts'

export interface Args {
  readonly words: readonly string[]
  /** The value of an option that has one; the last, when it was given more than once. */
  value(name: string): string | undefined
  has(name: string): boolean
}

/** A call that cannot be carried out: the message says which word is wrong and what was expected. */
export class UsageError extends Error {}

/** The arguments of a verb (without the verb itself); throws a UsageError for what its row does not allow. */
export function readArgs(verb: VerbName, argv: readonly string[]): Args {
  const { options } = spec(verb)
  const given = new Map<string, string | true>()
  const words: string[] = []
  for (const token of tokens(verb, argv)) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const option = options.find((o) => token.rawName === `--${o.name}`)
    if (option === undefined) throw unknownOption(verb, token.rawName)
    given.set(option.name, option.value === undefined ? flag(token) : value(token, option.value))
  }
  checkWords(verb, words)
  return {
    words,
    value(name) {
      const found = given.get(name)
      return found === true ? undefined : found
    },
    has: (name) => given.has(name),
  }
}

/** "unknown WHAT 'word'", with the nearest known one if one is near. */
export function unknown(what: string, word: string, known: readonly string[]): UsageError {
  const near = nearest(word, known)
  const hint = near === null ? `, expected ${orList(known)}` : `: did you mean '${near}'?`
  return new UsageError(`unknown ${what} '${printable(word)}'${hint}`)
}

interface OptionToken {
  readonly rawName: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

function tokens(verb: VerbName, argv: readonly string[]) {
  const types = spec(verb).options.map((o) => [o.name, { type: o.value ? 'string' : 'boolean' }] as const)
  return parseArgs({ args: [...argv], options: Object.fromEntries(types), strict: false, tokens: true }).tokens
}

function flag({ rawName, value }: OptionToken): true {
  if (value !== undefined) throw new UsageError(`${rawName} takes no value, found '${printable(value)}'`)
  return true
}

function value({ rawName, value, inlineValue }: OptionToken, what: string): string {
  const missing = value === undefined || value === '' || (!inlineValue && value.startsWith('-'))
  if (missing) throw new UsageError(`${rawName} needs a value: ${rawName} ${what}`)
  return value
}

function unknownOption(verb: VerbName, name: string): UsageError {
  const known = spec(verb).options.map((o) => `--${o.name}`)
  return unknown('option', name, [...known, '--help'])
}

function checkWords(verb: VerbName, words: readonly string[]): void {
  const { words: expected, wordsMin = 0, wordsMax, choices } = spec(verb)
  const wrong = choices && words.find((word) => !choices.includes(word))
  if (wrong !== undefined) throw unknown('word', wrong, choices!)
  const extra = words[wordsMax]
  if (extra !== undefined) throw new UsageError(`unexpected word '${printable(extra)}' behind ${verb}`)
  if (words.length < wordsMin) throw new UsageError(`${verb} needs more words: ${expected}`)
}

function orList(known: readonly string[]): string {
  return known.length < 2 ? known.join('') : `${known.slice(0, -1).join(', ')} or ${known.at(-1)}`
}

function printable(word: string): string {
  const clean = word.replace(/\p{Cc}/gu, '?')
  return clean.length > 60 ? `${clean.slice(0, 60)}...` : clean
}
