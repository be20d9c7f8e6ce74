/** The reference's worked example, a status message, and helpers to sign by hand. */
import type { KeyRing } from '../../src/config/types.ts'
import { binary, type Field, type Message, text } from '../../src/wire/message.ts'
import { sign } from '../../src/wire/signature.ts'

const uuid = Uint8Array.from(Buffer.from('0f1e2d3c4b5a69788796a5b4c3d2e1f0', 'hex'))

export const status: Message = {
  fields: [
    text('t', 'status'),
    text('st', 'active'),
    text('dt', '2710'),
    text('protocol', '1'),
    text('src', 'alpha'),
    binary('srcuuid', uuid),
    text('seq', '1f'),
    text('hg', '65a1b2c3'),
    text('ts', '65a1b3ff'),
    text('ld', '0.00 0.01 0.05 1/123 4567'),
    text('ttl', '3'),
  ],
}

/** The least that is a message. */
export const least: readonly Field[] = [text('t', 'x'), text('src', 'n'), text('ts', '1'), text('seq', '1')]

export const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))

/** A netstring datagram of any fields, each given as its content "(0)t=x", rightly signed. */
export function signedItems(contents: readonly string[], keys: KeyRing): Uint8Array {
  return signedBody(`###\n${contents.map((content) => `${content.length}:${content},`).join('')}%%%\n`, keys)
}

/** Any text with a right signature after it. */
export function signedBody(body: string, keys: KeyRing): Uint8Array {
  const signature = sign(body, keys)
  return latin1(`${body}${signature.length}:${signature},`)
}

/** Any lines in classic form, rightly signed. */
export function signedLines(lines: string, keys: KeyRing): Uint8Array {
  return latin1(`>>>\n${lines}auth=${sign(lines, keys)}\n<<<\n`)
}
