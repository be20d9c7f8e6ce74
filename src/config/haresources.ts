/** haresources: text to groups of resources. */
import { hashText } from '../runtime/hash.ts'
import { isIPv6 } from './address.ts'
import { addressAgents } from './address-agents.ts'
import { type Line, splitLines, uncommented, type Word, wordsOf } from './lines.ts'
import type { ProblemList } from './problem.ts'
import type { Group, Place, Resource } from './types.ts'

const wordPattern = /[^ \t]+/g

/** Four numbers joined by dots, each followed by anything: heartbeat's mark of an address without a script. */
export function looksLikeIPv4(word: string): boolean {
  if (!/^\d/.test(word)) return false
  let from = 1
  for (let dots = 0; dots < 3; dots++) {
    const next = word.slice(from).search(/\.\d/)
    if (next < 0) return false
    from += next + 2
  }
  return true
}

/** One word of a group: a bare address, or a script with its arguments. */
export function parseResource(word: Word): Resource {
  const { text, file, line, column } = word
  const resource = (script: string, args: string[]): Resource => ({ text, script, args, file, line, column })
  if (isIPv6(text.split('/', 1)[0]!)) return resource('IPv6addr', [text])
  const cut = text.indexOf('::')
  const script = cut < 0 ? text : text.slice(0, cut)
  if (looksLikeIPv4(text)) return resource('IPaddr', [text])
  if (cut < 0) return resource(script, [])
  const rest = text.slice(cut + 2)
  // Their only argument is an address, in which `::` belongs to IPv6.
  return resource(script, addressAgents.has(script) ? [rest] : rest.split('::'))
}

export interface Owner extends Place {
  /** Lower case. */
  readonly owner: string
}

/**
 * The groups as written, in order; checks that need the rest of the configuration stand in check-groups.ts. Nodes
 * that stand alone in their line make no group and are added to idle.
 */
export function parseHaresources(file: string, text: string, problems: ProblemList, idle: Owner[] = []): Group[] {
  const groups: Group[] = []
  for (const words of logicalLines(file, text, problems)) {
    const owner = words[0]
    if (owner === undefined) continue
    const rest = words.slice(1)
    const stray = rest.find((w) => w.text.endsWith('\\'))
    if (stray)
      problems.error(stray, stray.text, 'a backslash that is not the last character', 'remove what stands behind it')
    const { line, column } = owner
    if (rest.length === 0) {
      problems.warning(owner, owner.text, 'a node without resources: the line is ignored', 'NODE RESOURCE...')
      idle.push({ owner: owner.text.toLowerCase(), file, line, column })
    }
    const resources = rest.map(parseResource)
    if (resources[0])
      groups.push({ key: resources[0].text, owner: owner.text.toLowerCase(), resources, file, line, column })
  }
  return groups
}

/** The words of each line, continuation lines joined. */
function* logicalLines(file: string, text: string, problems: ProblemList): Generator<Word[]> {
  let words: Word[] = []
  let open: Line | null = null
  let returns = false
  for (const line of splitLines(file, text, problems)) {
    if (line.text.endsWith('\r') && !returns) {
      returns = true
      const at = { file, line: line.number, column: line.text.length }
      problems.warning(at, '', 'lines end as on DOS, which heartbeat takes for part of the last word', 'type: dos2unix')
    }
    const whole = line.text.replace(/\r$/, '')
    const content = uncommented(whole)
    if (open !== null && content !== whole) warnComment(line, content.length + 1, problems)
    const goesOn = content.endsWith('\\')
    for (const word of wordsOf(line, goesOn ? content.slice(0, -1) : content, wordPattern)) words.push(word)
    open = goesOn ? line : null
    if (open === null) {
      yield words
      words = []
    }
  }
  if (open === null) return
  const at = { file, line: open.number, column: open.text.length }
  problems.warning(at, '\\', 'the last line is to be continued, but nothing follows', 'remove the backslash')
  yield words
}

function warnComment(line: Line, column: number, problems: ProblemList): void {
  problems.warning(
    { file: line.file, line: line.number, column },
    '#',
    'a comment on a continuation line: hb ignores it, heartbeat takes its words for resources',
    'put the comment on a line of its own above the group',
  )
}

/** First 8 hex digits of the SHA-256 of the groups, one line each, words joined by one blank. */
export function haresourcesSum(groups: readonly Group[]): string {
  const lines = groups.map((g) => `${[g.owner, ...g.resources.map((r) => r.text)].join(' ')}\n`)
  return hashText('sha256', lines.join(''), 'hex').slice(0, 8)
}
