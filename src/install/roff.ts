/** Text as man wants it. */
import { MARK } from './mark.ts'

/** Escapes what roff would take for its own: backslashes, hyphens, letters beyond ASCII, and a dot or quote at the start of a line. */
export function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/[^\n\t -~]/gu, (c) => `\\[u${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`)
    .replace(/^([.'])/gm, '\\&$1')
}

/** A heading and its paragraphs, which are roff already. */
export function section(title: string, ...body: readonly string[]): string {
  return `.SH ${title}\n${body.filter((part) => part !== '').join('\n')}`
}

/** A term and what it means. */
export function entry(term: string, text: string): string {
  return `.TP\n.B ${roff(term)}\n${roff(text)}`
}

/** Lines that stay as they are. */
export function verbatim(lines: readonly string[]): string {
  return `.PP\n.nf\n${lines.map((line) => `\\&    ${roff(line)}`).join('\n')}\n.fi`
}

/** A whole page. It bears the version and no date, so that it changes only with what it says. */
export function page(name: string, chapter: number, version: string, parts: readonly string[]): string {
  const title = `.TH ${name.toUpperCase()} ${chapter} "" "hb ${version}" "High availability"`
  return `.\\" ${MARK}\n${title}\n${parts.join('\n')}\n`
}
