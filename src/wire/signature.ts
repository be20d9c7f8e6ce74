/** "<key number> <hex digest>": what follows a netstring message, and the value of the field auth. */
import type { KeyRing } from '../config/types.ts'
import { digest, sameDigest } from './digest.ts'
import { limits } from './limits.ts'
import { type Refused, refused } from './refusal.ts'

const form = /^(\d{1,2}) ([0-9a-f]{1,40})$/

/**
 * Sign with the ring's own key.
 * @throws RangeError if the ring has no key of that number.
 */
export function sign(data: Uint8Array | string, keys: KeyRing): string {
  const key = keys.keys.get(keys.signWith)
  if (!key) throw new RangeError(`there is no key ${keys.signWith} to sign with`)
  return `${keys.signWith} ${digest(key, data)}`
}

/** Verify with the key that the signature names: its number, or why not. */
export function verify(signature: string, data: Uint8Array | string, keys: KeyRing): { key: number } | Refused {
  const [, number, given] = form.exec(signature) ?? []
  if (number === undefined || given === undefined) {
    return refused('malformed', 'the signature is not a key number, a blank and a lower-case hex digest')
  }
  const key = Number(number)
  const found = key <= limits.keyNumberMax ? keys.keys.get(key) : undefined
  if (!found) return refused('bad-key-number', `signed with key ${key}, which authkeys does not have`)
  if (!sameDigest(given, digest(found, data))) {
    return refused('bad-digest', `the digest does not match key ${key} (${found.method})`)
  }
  return { key }
}
