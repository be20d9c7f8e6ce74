/** What the verbs of cl_status have to do with. */
import type { ApiClient } from '../../compat/api-client.ts'
import { get, type Message } from '../../wire/message.ts'
import type { Io } from '../io.ts'

export const Code = { fine: 0, failed: 1, join: 2, leave: 3, wrong: 11, alarm: 12, notTold: 13 } as const

export interface Session {
  readonly client: ApiClient
  readonly io: Io
  /** -m: sentences for people. */
  readonly human: boolean
  readonly words: readonly string[]
  readonly given: ReadonlyMap<string, string>
  readonly error: (text: string) => void
}

/** A question with one answer: the value of a field, or why there is none (in the daemon's words, maybe none at all). */
export async function askFor(
  { client }: Session,
  reqtype: string,
  fields: readonly [string, string][],
  field: string,
): Promise<{ readonly value: string } | { readonly reason: string }> {
  const answer = (await client.ask(reqtype, fields))?.at(-1)
  const value = answer && get(answer, 'result') === 'OK' ? get(answer, field) : undefined
  return value === undefined ? { reason: (answer && get(answer, 'info')) ?? '' } : { value }
}

/** A list, the last answer first, as heartbeat's library hands it out; null when there is none. */
export async function askList(
  { client }: Session,
  reqtype: string,
  fields: readonly [string, string][] = [],
): Promise<{ readonly rows: readonly Message[] } | { readonly reason: string }> {
  const answers = (await client.ask(reqtype, fields)) ?? []
  const last = answers.at(-1)
  if (last === undefined || get(last, 'result') !== 'OK') return { reason: (last && get(last, 'info')) ?? '' }
  return { rows: answers.toReversed() }
}

/** Prints the bare word, or with -m the sentence. */
export function sentence({ io, human }: Session, word: string, whole: string): void {
  io.out(`${human ? whole : word}\n`)
}
