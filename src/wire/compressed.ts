/** A message that stands compressed in a field of another (heartbeat's traditional_compression). */
import { inflate } from '../runtime/inflate.ts'
import { latin1Of } from './bytes.ts'
import { readClassic, scanClassic, START as TEXT_START } from './classic.ts'
import { budget, limits } from './limits.ts'
import { get, getBytes, type Message } from './message.ts'
import { readNetstring, START, scanNetstring } from './netstring.ts'
import { isRefused, type Refused, refused } from './refusal.ts'

const PAYLOAD = '_compressed_payload'

/** The message itself, or the one that it holds compressed. To be called with authenticated messages only. */
export function unpack(message: Message): Message | Refused {
  const payload = getBytes(message, PAYLOAD)
  if (!payload) return message
  if (get(message, '_compression_algorithm') !== 'zlib') {
    return refused('bad-compression', 'compressed by another method than zlib; set "compression zlib" in ha.cf')
  }
  const text = unpacked(payload)
  if (text === null)
    return refused('bad-compression', `the payload is not zlib of at most ${limits.unpackedBytesMax} bytes`)
  const inner = readUnsigned(text)
  if (isRefused(inner)) return inner
  return getBytes(inner, PAYLOAD) ? refused('bad-compression', 'compressed twice') : inner
}

function unpacked(payload: Uint8Array): string | null {
  try {
    return latin1Of(inflate(payload, limits.unpackedBytesMax))
  } catch {
    return null
  }
}

/** Read a message in either form without asking for a signature. */
export function readUnsigned(text: string): Message | Refused {
  if (text.startsWith(TEXT_START)) {
    const lines = scanClassic(text)
    return isRefused(lines) ? lines : readClassic(text, lines, budget())
  }
  if (!text.startsWith(START)) return refused('not-heartbeat', 'it begins with neither ### nor >>>')
  const scan = scanNetstring(text)
  return isRefused(scan) ? scan : readNetstring(text, scan, budget())
}
