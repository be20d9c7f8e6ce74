/** Reads a file of directives, one a line (ha.cf, hb.cf), into a draft. */
import type { Draft } from './draft.ts'
import { splitLines, uncommented } from './lines.ts'
import { nearest } from './nearest.ts'
import { ProblemList } from './problem.ts'
import { haTable, hbTable, type Table } from './table.ts'

/** Puts every default of the table into the draft, by the same way as what is written in a file. */
export function applyDefaults(table: Table, draft: Draft): void {
  const problems = new ProblemList()
  for (const directive of new Set(table.values())) {
    const text = directive.default
    if (text === undefined) continue
    const line = { file: 'default', number: 1, text }
    const name = { file: 'default', line: 1, column: 1, text: directive.name }
    directive.take(draft, { name, line, text, offset: 0 }, problems)
  }
  if (problems.failed) throw new Error(`a default in the table is wrong: ${problems.list()[0]?.message}`)
  draft.given.clear()
}

/** Applies the directives of a file in their order; whatever is wrong is noted and reading goes on. */
export function readDirectives(table: Table, file: string, text: string, draft: Draft, problems: ProblemList): void {
  const remedyOf = remedies(table)
  for (const line of splitLines(file, text, problems)) {
    if (problems.hopeless) return
    const content = uncommented(line.text)
    const [, space = '', name] = /^([ \t\r\f]*)([^ \t,\r\f]+)/.exec(content) ?? []
    if (name === undefined) continue
    const word = { file, line: line.number, column: space.length + 1, text: name }
    const offset = space.length + name.length
    const directive = table.get(name)
    if (directive) directive.take(draft, { name: word, line, text: content.slice(offset), offset }, problems)
    else problems.error(word, name, 'unknown directive', remedyOf(name))
  }
}

/** What to do about a word that the table does not have; a file full of the same word costs one search. */
function remedies(table: Table): (name: string) => string {
  const [other, owner] = table === haTable ? [hbTable, 'hb.cf'] : [haTable, 'ha.cf']
  const found = new Map<string, string>()
  return (name) => {
    const remedy =
      found.get(name) ?? (other.has(name) ? `it belongs in ${owner}` : suggestion(nearest(name, table.keys())))
    found.set(name, remedy)
    return remedy
  }
}

const suggestion = (near: string | null) =>
  near === null ? 'docs/settings.md lists all directives' : `did you mean ${near}?`
