/** Why a datagram was not believed, as data: one word of a closed list to count by, and a sentence for the log. */

/** Every word there is; the order is that of the checks. */
export const refusals = [
  'too-long',
  'not-heartbeat',
  'malformed',
  'unsigned',
  'bad-key-number',
  'bad-digest',
  'bad-compression',
  'no-src',
  'no-ts',
  'no-type',
  'no-seq',
  'bad-seq',
  'bad-ts',
] as const

export type Refusal = (typeof refusals)[number]

/** The detail tells where and what, never a digest, a key or a value that nobody vouches for. */
export interface Refused {
  readonly ok: false
  readonly reason: Refusal
  readonly detail: string
}

/** Make a refusal. */
export const refused = (reason: Refusal, detail: string): Refused => ({ ok: false, reason, detail })

/** Tell a refusal from a result. */
export const isRefused = (value: object): value is Refused => 'reason' in value
