/** authkeys: which key signs, and the keys that are accepted. No problem found here ever shows a word of the file. */
import { Buffer } from 'node:buffer'
import { splitLines } from './lines.ts'
import { type ProblemList, whole } from './problem.ts'
import type { AuthKey, AuthMethod, KeyRing, Place } from './types.ts'

export interface AuthkeysText {
  /** One character per byte. */
  readonly text: string
  /** Permission bits, as stat gives them. */
  readonly mode: number
}

const keyNumberMax = 15
const readableByOthers = 0o044
const methods: ReadonlySet<string> = new Set<AuthMethod>(['crc', 'md5', 'sha1'])
const grammar = 'write NUMBER METHOD KEY, like: 1 sha1 SECRET'

interface Ring {
  readonly keys: Map<number, AuthKey & { readonly line: number }>
  auth: { number: number; place: Place; firstLine: number } | null
}

/** The keys of the file, or null if there is anything wrong with it. */
export function parseAuthkeys(file: string, source: AuthkeysText, problems: ProblemList): KeyRing | null {
  const before = problems.errors
  if ((source.mode & readableByOthers) !== 0) {
    const mode = (source.mode & 0o7777).toString(8).padStart(4, '0')
    problems.error(whole(file), '', `group or others may read the keys (mode ${mode})`, `type: chmod 600 ${file}`)
  }
  const ring: Ring = { keys: new Map(), auth: null }
  for (const line of splitLines(file, source.text, problems, 'any')) {
    if (problems.hopeless) return null
    const [, space = '', content = ''] = /^([ \t\v\f\r]*)(.*)$/s.exec(line.text) ?? []
    const at = { file, line: line.number, column: space.length + 1 }
    if (content === '' || content.startsWith('#')) continue
    if (content.startsWith('a')) readAuth(content, at, ring, problems)
    else readKey(content, at, ring, problems)
  }
  const signWith = problems.errors === before ? chosen(file, ring, problems) : null
  if (signWith === null) return null
  return { signWith, keys: new Map([...ring.keys].map(([n, { method, key }]) => [n, { method, key }])) }
}

function readAuth(content: string, at: Place, ring: Ring, problems: ProblemList): void {
  const [, digits, rest = ''] = /^auth[ \t\v\f\r]*(\d{1,9})(.*)$/s.exec(content) ?? []
  const number = Number(digits)
  if (digits === undefined) problems.error(at, '', 'a line that begins with a must say which key signs', 'like: auth 1')
  else if (number > keyNumberMax)
    problems.error(at, '', 'the number of the key is out of range', `0 to ${keyNumberMax}`)
  else {
    if (rest.trim() !== '')
      problems.warning(at, '', 'text behind the number is ignored', 'a comment needs its own line')
    const earlier = ring.auth
    if (earlier && earlier.number !== number)
      problems.warning(at, '', `auth stands in line ${earlier.place.line} already; the last one counts`, 'keep one')
    const firstLine = earlier?.number === number ? earlier.firstLine : at.line
    ring.auth = { number, place: at, firstLine }
  }
}

function readKey(content: string, at: Place, ring: Ring, problems: ProblemList): void {
  // The number ends where its digits end, blank or not.
  const parts = [...content.matchAll(/^\d+|[^ \t\v\f\r]+/g)]
  const [digits, method, key, extra] = parts.map((m) => m[0])
  const placeOf = (index: number) => ({ ...at, column: at.column + (parts[index]?.index ?? content.trimEnd().length) })
  if (!/^\d{1,9}$/.test(digits!)) problems.error(at, '', 'the line begins with neither auth nor a number', grammar)
  else if (Number(digits) > keyNumberMax)
    problems.error(at, '', 'the number of the key is out of range', `0 to ${keyNumberMax}`)
  else if (method === undefined) problems.error(placeOf(1), '', 'the method is missing', grammar)
  else if (!methods.has(method)) problems.error(placeOf(1), '', 'unknown method', 'one of sha1, md5, crc')
  else if (method === 'crc' && key !== undefined)
    problems.error(
      placeOf(2),
      '',
      'crc takes no key, and a comment needs its own line',
      'remove what stands behind crc',
    )
  else if (method !== 'crc' && key === undefined) problems.error(placeOf(2), '', 'the key is missing', grammar)
  else addKey(Number(digits), { method: method as AuthMethod, key: Buffer.from(key ?? '', 'latin1') })

  function addKey(number: number, authKey: AuthKey): void {
    const earlier = ring.keys.get(number)
    if (earlier)
      problems.warning(at, '', `key ${number} stands in line ${earlier.line} already; the last one counts`, 'keep one')
    if (extra !== undefined) problems.warning(placeOf(3), '', 'text behind the key is ignored', 'a key is one word')
    if (authKey.method === 'crc')
      problems.warning(
        placeOf(1),
        'crc',
        'crc protects against line noise only, not against people',
        'use sha1 and a secret',
      )
    ring.keys.set(number, { ...authKey, line: at.line })
  }
}

/** The number of the key that signs. */
function chosen(file: string, ring: Ring, problems: ProblemList): number | null {
  if (ring.auth === null) {
    problems.error(whole(file), '', 'nothing says which key signs', 'begin the file with: auth 1')
    return null
  }
  const { number, place, firstLine } = ring.auth
  const key = ring.keys.get(number)
  if (key === undefined) problems.error(place, '', `there is no key ${number}`, `add a line: ${number} sha1 SECRET`)
  else if (key.line < firstLine)
    problems.error(
      place,
      '',
      `auth ${number} stands behind key ${number}`,
      'heartbeat wants it before: move it to the top',
    )
  else return number
  return null
}
