/** Bytes as text of one character a byte (latin1), and back. */

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The text of some bytes. */
export const latin1Of = (bytes: Uint8Array): string => view(bytes).toString('latin1')

/** Some bytes in standard base64, padded. */
export const base64Of = (bytes: Uint8Array): string => view(bytes).toString('base64')

/** The bytes of a text; characters above 0xff lose their upper half. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** Every character stands for one byte, and none for NUL, which ends a text in heartbeat's own memory. */
export function isText(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (code === 0 || code > 0xff) return false
  }
  return true
}
