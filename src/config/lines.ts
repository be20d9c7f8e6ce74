/** From text to lines and words with their places, within fixed bounds. */
import { Buffer } from 'node:buffer'
import { type ProblemList, whole } from './problem.ts'
import type { Place } from './types.ts'

export const fileBytesMax = 1 << 20
/** Bytes in one line without its end, as heartbeat reads them. */
export const lineBytesMax = 5119

export interface Word extends Place {
  readonly text: string
}

export interface Line {
  readonly file: string
  readonly number: number
  /** Without the line end. */
  readonly text: string
}

const controls = /[^\P{Cc}\t\r\f]/u

const remedyOfControl = 'type the line again with a plain text editor'

/** The lines of a file. A line that is too long or has control characters in it is reported and left out. */
export function splitLines(file: string, text: string, problems: ProblemList, bytes: 'text' | 'any' = 'text'): Line[] {
  if (text.length > fileBytesMax) {
    problems.error(whole(file), '', 'the file is larger than 1 MiB', 'is it the right file?')
    return []
  }
  const lines: Line[] = []
  for (const [index, line] of text.replace(/\n$/, '').split('\n').entries()) {
    const at = { file, line: index + 1, column: 0 }
    if (line.length > lineBytesMax || Buffer.byteLength(line) > (bytes === 'any' ? Infinity : lineBytesMax)) {
      problems.error(at, '', `the line is longer than ${lineBytesMax} bytes`, 'break it up into several lines')
      continue
    }
    const bad = bytes === 'text' ? line.search(controls) : -1
    if (bad >= 0) problems.error({ ...at, column: bad + 1 }, '', 'a control character', remedyOfControl)
    else lines.push({ file, number: index + 1, text: line })
  }
  return lines
}

/** The part of a line before its comment. */
export const uncommented = (text: string): string => {
  const hash = text.indexOf('#')
  return hash < 0 ? text : text.slice(0, hash)
}

/** The words of (part of) a line; pattern matches one word and has the flag g, offset is where the part begins. */
export function wordsOf(line: Line, text: string, pattern: RegExp, offset = 0): Word[] {
  const words: Word[] = []
  const { file, number } = line
  for (const m of text.matchAll(pattern)) words.push({ file, line: number, column: offset + m.index + 1, text: m[0] })
  return words
}
