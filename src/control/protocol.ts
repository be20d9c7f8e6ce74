/**
 * What is spoken on the control socket: one JSON object a line, requests { version, id, verb, ... } one way, replies
 * { version, id, ok, text, data? } the other, in the order of the requests.
 */
import type { StandbySet } from '../io.ts'

export const PROTOCOL_VERSION = 1
export const REQUEST_BYTES_MAX = 64 * 1024
export const REPLY_BYTES_MAX = 8 * 1024 * 1024

const sets = ['all', 'local', 'foreign'] as const
const plainVerbs = ['ping', 'status', 'stop', 'reload'] as const
const setVerbs = ['standby', 'takeover'] as const
const otherVerbs = ['maintenance', 'clear', 'upgrade'] as const
const WORD_MAX = 4096

export type ControlRequest =
  | { readonly verb: (typeof plainVerbs)[number] }
  | { readonly verb: (typeof setVerbs)[number]; readonly set: StandbySet }
  /** group null: every group. */
  | { readonly verb: 'maintenance'; readonly on: boolean; readonly group: string | null }
  | { readonly verb: 'clear'; readonly group: string | null }
  /** path: the executable that takes this one's place. */
  | { readonly verb: 'upgrade'; readonly path: string }

export interface ControlReply {
  /** Done as asked. */
  readonly ok: boolean
  /** How it ended: one sentence for people. */
  readonly text: string
  readonly data?: unknown
}

export type RequestId = string | number | null

export type ParsedRequest =
  | { readonly id: RequestId; readonly request: ControlRequest }
  | { readonly id: RequestId; readonly refusal: string }

export type ControlProblem = 'not-running' | 'not-permitted' | 'timed-out' | 'broken' | 'busy'

/** What can go wrong between the two ends of the socket; the message is a sentence for people. */
export class ControlError extends Error {
  readonly problem: ControlProblem
  constructor(problem: ControlProblem, message: string) {
    super(message)
    this.problem = problem
  }
}

/** A request as a line. */
export function requestLine(id: RequestId, request: ControlRequest): string {
  return `${JSON.stringify({ version: PROTOCOL_VERSION, id, ...request })}\n`
}

/** A line as a request, or the reason why it is none; never throws. */
export function parseRequest(line: string): ParsedRequest {
  const value = jsonObject(line)
  if (value === undefined) return { id: null, refusal: 'the request is not a JSON object on one line' }
  const id = requestId(value.id)
  if (value.version !== PROTOCOL_VERSION) {
    return { id, refusal: `${versionText('the request', value.version)}: use the hb of the daemon's release` }
  }
  const verb = value.verb
  if (plainVerbs.some((v) => v === verb)) return { id, request: { verb } as ControlRequest }
  if (setVerbs.some((v) => v === verb)) {
    if (sets.some((s) => s === value.set)) return { id, request: { verb, set: value.set } as ControlRequest }
    return { id, refusal: `${verb}: set is ${shown(value.set)}, expected one of ${sets.join(', ')}` }
  }
  if (otherVerbs.some((v) => v === verb)) return otherRequest(id, verb as (typeof otherVerbs)[number], value)
  const known = [...plainVerbs, ...setVerbs, ...otherVerbs].join(', ')
  return { id, refusal: `verb is ${shown(verb)}, expected one of ${known}` }
}

function otherRequest(
  id: RequestId,
  verb: (typeof otherVerbs)[number],
  { group = null, on, path }: Record<string, unknown>,
): ParsedRequest {
  const word = (value: unknown): value is string =>
    typeof value === 'string' && value !== '' && value.length <= WORD_MAX
  if (verb === 'upgrade') {
    if (word(path) && path.startsWith('/')) return { id, request: { verb, path } }
    return { id, refusal: `upgrade: path is ${shown(path)}, expected a full path` }
  }
  if (group !== null && !word(group))
    return { id, refusal: `${verb}: group is ${shown(group)}, expected a name or null` }
  if (verb === 'clear') return { id, request: { verb, group } }
  if (typeof on === 'boolean') return { id, request: { verb, on, group } }
  return { id, refusal: `maintenance: on is ${shown(on)}, expected true or false` }
}

/** A reply as a line; what cannot be sent becomes a reply that says so. */
export function replyLine(id: RequestId, reply: ControlReply): string {
  let line: string
  try {
    line = JSON.stringify({ version: PROTOCOL_VERSION, id, ok: reply.ok, text: reply.text, data: reply.data })
  } catch (error) {
    line = JSON.stringify({ version: PROTOCOL_VERSION, id, ok: false, text: `the answer cannot be sent: ${error}` })
  }
  if (Buffer.byteLength(line) < REPLY_BYTES_MAX) return `${line}\n`
  return replyLine(id, { ok: false, text: `the answer is larger than ${REPLY_BYTES_MAX} bytes` })
}

/** A line as a reply; throws a ControlError for anything that is not one of this version. */
export function parseReply(line: string): ControlReply {
  const value = jsonObject(line)
  if (value === undefined) throw new ControlError('broken', 'the answer is not a JSON object')
  if (value.version !== PROTOCOL_VERSION) {
    throw new ControlError('broken', `${versionText('the daemon', value.version)}: use the hb of the daemon's release`)
  }
  if (typeof value.ok !== 'boolean' || typeof value.text !== 'string') {
    throw new ControlError('broken', 'the answer lacks ok or text')
  }
  return { ok: value.ok, text: value.text, data: value.data }
}

function jsonObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function requestId(id: unknown): RequestId {
  return typeof id === 'number' || (typeof id === 'string' && id.length <= 64) ? id : null
}

function versionText(who: string, version: unknown): string {
  return `${who} speaks control version ${shown(version)}, this hb speaks ${PROTOCOL_VERSION}`
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= 40 ? text : `${text.slice(0, 40)}...`
}
