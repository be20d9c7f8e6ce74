/** Collects the problems of all files, bounded, and turns one into a line of text. */
import type { Place, Problem, Severity } from './types.ts'

/** As many problems are kept; the rest are counted. */
export const problemsMax = 200

/** As many characters of an offending word are shown. */
const wordShownMax = 60

/** What is wrong and what to do about it: a problem that has no place yet. */
export interface Wrong {
  readonly message: string
  readonly remedy: string
}

export class ProblemList {
  readonly #kept: Problem[] = []
  #errors = 0
  #dropped = 0

  /** How many errors were met, kept or not. */
  get errors(): number {
    return this.#errors
  }

  get failed(): boolean {
    return this.#errors > 0
  }

  /** So many errors that no more of them help: a reader may stop. */
  get hopeless(): boolean {
    return this.#errors > problemsMax
  }

  add(severity: Severity, at: Place, word: string, wrong: Wrong): void {
    if (severity === 'error') this.#errors += 1
    if (this.#kept.length >= problemsMax) {
      this.#dropped += 1
      return
    }
    const { file, line, column } = at
    this.#kept.push({ file, line, column, severity, word, message: wrong.message, remedy: wrong.remedy })
  }

  error(at: Place, word: string, message: string, remedy: string): void {
    this.add('error', at, word, { message, remedy })
  }

  warning(at: Place, word: string, message: string, remedy: string): void {
    this.add('warning', at, word, { message, remedy })
  }

  /** All kept problems, file by file in the order in which the files were met, each in order of its lines. */
  list(): Problem[] {
    const files = [...new Set(this.#kept.map((p) => p.file))]
    const sorted = this.#kept.toSorted(
      (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    )
    const last = sorted.at(-1)
    if (this.#dropped === 0 || last === undefined) return sorted
    const message = `${this.#dropped} more problems are not shown`
    const severity = this.failed ? 'error' : 'warning'
    return [...sorted, { ...whole(last.file), severity, word: '', message, remedy: 'mend the ones above first' }]
  }
}

/** The place that means a whole file. */
export const whole = (file: string): Place => ({ file, line: 0, column: 0 })

/** Control characters never reach a terminal or a log; long words are cut. */
function shown(word: string): string {
  const clean = word.replace(/\p{Cc}/gu, '?')
  return clean.length > wordShownMax ? `${clean.slice(0, wordShownMax)}...` : clean
}

/** One line: `FILE:LINE:COL: error: message: 'word' (remedy)`; what is zero or empty is left out. */
export function problemText(problem: Problem, color = false): string {
  const { file, line, column, severity, word, message, remedy } = problem
  const place = [file, ...(line > 0 ? [line] : []), ...(line > 0 && column > 0 ? [column] : [])].join(':')
  const label = color ? `\x1b[1;${severity === 'error' ? 31 : 33}m${severity}\x1b[0m` : severity
  const quoted = word === '' ? '' : `: '${shown(word)}'`
  return `${place}: ${label}: ${message}${quoted}${remedy === '' ? '' : ` (${remedy})`}`
}
