/** The form of an entry in the table of directives, and how an entry takes its words. */
import * as v from 'valibot'
import type { Draft, Settings } from './draft.ts'
import { type Line, type Word, wordsOf } from './lines.ts'
import type { ProblemList, Wrong } from './problem.ts'
import type { Config, Place } from './types.ts'
import type { WordSchema } from './values.ts'

/** Obeyed; or accepted with a warning that says what hb does instead; or refused, with the reason and a way out. */
export type Handling<T> =
  | { readonly does: 'obeys'; readonly how?: string }
  | {
      readonly does: 'warns' | 'refuses'
      readonly how: string
      readonly remedy: string
      readonly when?: (value: T) => boolean
    }

/** What a reader is told about a directive. */
export interface About {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly grammar: string
  /** As it would be written; applied before the file is read. */
  readonly default?: string
  /** Where the default follows from something else. */
  readonly defaultNote?: string
  readonly unit?: string
  readonly meaning: string
  readonly example: string
  /** Recorded directives can be asked for by name, and scripts get them as HA_<name>. */
  readonly recorded?: boolean
  /** Where it is not simply in force after a reload. */
  readonly reload?: Reloading
  /** A second one is an error (once), overrides the first (last, the default), or adds to it (many). */
  readonly repeat?: 'once' | 'last' | 'many'
}

/** What a reload makes of a directive. */
export interface Reloading {
  /** For people; where `of` is given, what is to be done for it to be in force. */
  readonly how: string
  /** Given where a change of this cannot be in force at once, and is answered with `how`. */
  readonly of?: (config: Config) => unknown
}

/** Where a value stands and where to complain about it. */
export interface At {
  readonly place: Place
  /** The word, or the words of a whole line. */
  readonly text: string
  readonly problems: ProblemList
}

interface Body<T> {
  readonly handling?: Handling<T>
  readonly set?: (draft: Draft, value: T, at: At) => void
  /** What to warn of in a word that is accepted for something else than it says. */
  readonly remark?: (word: string, value: T) => Wrong | null
}

export interface Directive extends About {
  /** Applied once per word, or once to the whole line. */
  readonly form: 'words' | 'line'
  readonly handling: Handling<never>
  readonly take: (draft: Draft, rest: Rest, problems: ProblemList) => void
}

/** The directive's own word and what stands behind it. */
export interface Rest {
  readonly name: Word
  readonly line: Line
  readonly text: string
  readonly offset: number
}

const wordPattern = /[^ \t,\r\f]+/g
const linePattern = /[^ \t\r\f]+/g

/** An option directive: its schema is for one word. */
export function words<T>(spec: About & Body<T> & { readonly value: WordSchema<T> }): Directive {
  const { value: schema, set, remark, handling = { does: 'obeys' }, ...about } = spec
  const take = (draft: Draft, rest: Rest, problems: ProblemList) => {
    const given = wordsOf(rest.line, rest.text, wordPattern, rest.offset)
    if (given.length === 0) problems.warning(rest.name, spec.name, 'no value behind it: ignored', spec.grammar)
    if (given.length > 1 && spec.repeat !== 'many')
      problems.warning(given[1]!, given[1]!.text, 'several values: the last one counts', spec.grammar)
    for (const word of given) {
      if (!admitted(spec, draft, word, problems)) continue
      const parsed = v.safeParse(schema, word.text)
      if (!parsed.success) report(spec, draft, parsed.issues[0], [word], rest, problems)
      else conclude(spec, { set, remark, handling }, draft, parsed.output, { place: word, text: word.text, problems })
    }
  }
  return { ...about, form: 'words', handling: handling as Handling<never>, take }
}

/** A whole-line directive: its schema is for the list of its words. */
export function line<T>(spec: About & Body<T> & { readonly value: v.GenericSchema<string[], T> }): Directive {
  const { value: schema, set, handling = { does: 'obeys' }, ...about } = spec
  const take = (draft: Draft, rest: Rest, problems: ProblemList) => {
    const given = wordsOf(rest.line, rest.text, linePattern, rest.offset)
    if (!admitted(spec, draft, rest.name, problems)) return
    const parsed = v.safeParse(
      schema,
      given.map((w) => w.text),
    )
    if (!parsed.success) for (const issue of parsed.issues) report(spec, draft, issue, given, rest, problems)
    else {
      extra(spec, given, parsed.output, problems)
      conclude(spec, { set, handling }, draft, parsed.output, { place: rest.name, text: rest.text.trim(), problems })
    }
  }
  return { ...about, form: 'line', handling: handling as Handling<never>, take }
}

/** Words that a schema leaves over do not count, as with heartbeat. */
function extra(spec: About, given: readonly Word[], taken: unknown, problems: ProblemList): void {
  const over = Array.isArray(taken) ? given[taken.length] : undefined
  if (over) problems.warning(over, over.text, `${spec.name}: words behind it are ignored`, spec.grammar)
}

/** Notes where a value was given; an unwelcome repetition is an error, a silent override worth a warning. */
function admitted(spec: About, draft: Draft, word: Word, problems: ProblemList): boolean {
  const earlier = draft.given.get(spec.name)
  draft.given.set(spec.name, { file: word.file, line: word.line, column: word.column, name: word.text })
  if (earlier === undefined || spec.repeat === 'many') return true
  if (spec.repeat === 'once') {
    problems.error(word, word.text, `${spec.name} stands in line ${earlier.line} already`, 'it may be given once only')
    return false
  }
  if (earlier.line !== word.line && earlier.name !== word.text)
    problems.warning(word, word.text, `${spec.name} overrides line ${earlier.line}`, 'keep one of the two')
  return true
}

function conclude<T>(spec: About, body: Body<T> & { handling: Handling<T> }, draft: Draft, value: T, at: At): void {
  const { handling, set, remark } = body
  if (handling.does !== 'obeys' && (handling.when?.(value) ?? true)) {
    const severity = handling.does === 'warns' ? 'warning' : 'error'
    at.problems.add(severity, at.place, at.text, { message: `${spec.name}: ${handling.how}`, remedy: handling.remedy })
  }
  const wrong = remark?.(at.text, value)
  if (wrong) at.problems.add('warning', at.place, at.text, { ...wrong, message: `${spec.name}: ${wrong.message}` })
  if (spec.recorded) draft.texts.set(spec.name, at.text)
  set?.(draft, value, at)
}

/** A schema's issue, put at the word that it is about. */
function report(
  spec: About,
  draft: Draft,
  issue: v.BaseIssue<unknown>,
  given: readonly Word[],
  rest: Rest,
  problems: ProblemList,
): void {
  draft.broken.add(spec.name)
  const key = issue.path?.[0]?.key
  const index = typeof key === 'number' ? key : 0
  const word = given[index]
  if (word === undefined) {
    const end = { ...rest.name, column: rest.offset + rest.text.trimEnd().length + 1 }
    problems.error(end, '', `${spec.name}: something is missing at the end of the line`, spec.grammar)
  } else if (issue.expected === 'never')
    problems.error(word, word.text, `${spec.name}: one word too many`, spec.grammar)
  else problems.error(word, word.text, `${spec.name}: ${issue.message}`, issue.expected ?? spec.grammar)
}

/** A setter that stores the value under that name. */
export const into =
  <K extends keyof Settings>(key: K) =>
  (draft: Draft, value: NonNullable<Settings[K]>): void => {
    draft.settings[key] = value
  }

/** Complains at the value's place. */
export const complain = (at: At, severity: 'error' | 'warning', wrong: Wrong, word = at.text): void =>
  at.problems.add(severity, at.place, word, wrong)
