/** What every message of a cluster must carry, whatever its type. */
import { get, getHex, type Message } from './message.ts'
import { type Refused, refused } from './refusal.ts'

/** Types that begin so have no sequence number. */
const UNNUMBERED = 'NS_'

/** src, ts and t are there, ts and (unless t begins with NS_) seq are hexadecimal and not zero; null, or what is wrong. */
export function missing(message: Message): Refused | null {
  if (!get(message, 'src')) return refused('no-src', 'there is no src')
  const ts = get(message, 'ts')
  if (!ts) return refused('no-ts', 'there is no ts')
  const type = get(message, 't')
  if (!type) return refused('no-type', 'there is no t')
  if (!type.startsWith(UNNUMBERED)) {
    if (get(message, 'seq') === undefined) return refused('no-seq', 'there is no seq')
    if (!getHex(message, 'seq')) return refused('bad-seq', 'seq is not a hexadecimal number above zero')
  }
  return getHex(message, 'ts') ? null : refused('bad-ts', 'ts is not a hexadecimal number above zero')
}
