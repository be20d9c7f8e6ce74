/**
 * What two hb nodes tell each other beyond heartbeat's protocol: one text field, `hb`, in every status message.
 * heartbeat 3.0.6 ignores fields it does not know. The form is `name=value` words parted by blanks; unknown words are
 * ignored, so that later versions can add to it.
 */
export interface HbWord {
  /** A number drawn at the daemon's start: equal run, same life, whatever the generation says. */
  readonly run: string
  /** Checksum of haresources: group numbers mean the same only where it is equal. */
  readonly sum: string
  /** Groups held: number in haresources -> term (how often the group changed hands without its holder's consent). */
  readonly held: ReadonlyMap<number, number>
  /** Groups that could not be started here lately. */
  readonly failed: readonly number[]
  /** Nodes (numbers in ha.cf) that the sender does not hear. */
  readonly deaf: readonly number[]
  /** Resource management is settled. */
  readonly settled: boolean
  /** What the sender claims, as in its reports: none, local, foreign, all. */
  readonly claim: string
  /** What is in maintenance, as maintenance.ts writes it; '' for never told. */
  readonly maintenance: string
  /** Groups that could not be stopped here. */
  readonly stuck: readonly number[]
  /** In clusters of more than two: group -> node (number in ha.cf) that it is given up for. */
  readonly to: ReadonlyMap<number, number>
  /** There, too: group -> node that has it, as the sender hears; for those who do not hear that node. */
  readonly seen: ReadonlyMap<number, number>
}

const LIST_MAX = 1024

export function formatWord(word: HbWord): string {
  const pairs = (map: ReadonlyMap<number, number>) =>
    [...map].map(([a, b]) => `${a.toString(16)}.${b.toString(16)}`).join(',')
  const list = (numbers: readonly number[]) => numbers.map((n) => n.toString(16)).join(',')
  const words = [
    `v=1`,
    `run=${word.run}`,
    `sum=${word.sum}`,
    `ok=${word.settled ? 1 : 0}`,
    `claim=${word.claim}`,
    `held=${pairs(word.held)}`,
  ]
  if (word.failed.length > 0) words.push(`failed=${list(word.failed)}`)
  if (word.stuck.length > 0) words.push(`stuck=${list(word.stuck)}`)
  if (word.to.size > 0) words.push(`to=${pairs(word.to)}`)
  if (word.seen.size > 0) words.push(`seen=${pairs(word.seen)}`)
  if (word.maintenance !== '') words.push(`maint=${word.maintenance}`)
  if (word.deaf.length > 0) words.push(`deaf=${list(word.deaf)}`)
  return words.join(' ')
}

/** Whether both would be written the same. */
export function sameWord(a: HbWord, b: HbWord): boolean {
  if (a.run !== b.run || a.sum !== b.sum || a.settled !== b.settled || a.claim !== b.claim) return false
  if (a.maintenance !== b.maintenance) return false
  if (!samePairs(a.held, b.held) || !samePairs(a.to, b.to) || !samePairs(a.seen, b.seen)) return false
  return sameNumbers(a.failed, b.failed) && sameNumbers(a.stuck, b.stuck) && sameNumbers(a.deaf, b.deaf)
}

function samePairs(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) if (b.get(key) !== value) return false
  return true
}

const sameNumbers = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((n, i) => n === b[i])

/** Null for anything that is not the form; numbers out of bounds are left out. */
export function parseWord(value: string): HbWord | null {
  const words = new Map<string, string>()
  for (const w of value.slice(0, 16_384).split(' ')) {
    const at = w.indexOf('=')
    if (at > 0) words.set(w.slice(0, at), w.slice(at + 1))
  }
  const run = words.get('run')
  const sum = words.get('sum')
  if (words.get('v') === undefined || !run || !sum || run.length > 32 || sum.length > 32) return null
  return {
    run,
    sum,
    held: pairsOf(words.get('held')),
    failed: numbers(words.get('failed')),
    deaf: numbers(words.get('deaf')),
    settled: words.get('ok') === '1',
    claim: words.get('claim') ?? '',
    maintenance: words.get('maint') ?? '',
    stuck: numbers(words.get('stuck')),
    to: pairsOf(words.get('to')),
    seen: pairsOf(words.get('seen')),
  }
}

const items = (list: string | undefined) => (list ? list.split(',', LIST_MAX) : [])
const number = (hex: string | undefined) =>
  hex !== undefined && /^[0-9a-f]{1,8}$/.test(hex) ? Number.parseInt(hex, 16) : null
const numbers = (list: string | undefined) =>
  items(list)
    .map(number)
    .filter((n) => n !== null)

function pairsOf(list: string | undefined): Map<number, number> {
  const map = new Map<number, number>()
  for (const item of items(list)) {
    const [first, second] = item.split('.')
    const a = number(first)
    const b = number(second)
    if (a !== null && b !== null) map.set(a, b)
  }
  return map
}
