/**
 * Digests, the same for Bun and Deno. On Bun by its own hasher: its node:crypto brings streams along, by itself
 * 1.6 MB of memory that a daemon has no use for, and takes twice as long.
 */
export type HashMethod = 'md5' | 'sha1' | 'sha256'

interface Hasher {
  update(data: Uint8Array): unknown
  update(data: string, encoding: 'latin1' | 'utf8'): unknown
  digest(encoding: 'hex' | 'base64'): string
}

interface Engine {
  readonly Bun?: { readonly CryptoHasher: new (method: HashMethod, key?: Uint8Array) => Hasher }
}

const bun = (globalThis as Engine).Bun
const nodeCrypto = () => process.getBuiltinModule('node:crypto')

/** The HMAC by that key in lower-case hex, of bytes or of text of one character a byte. */
export function hmacHex(method: HashMethod, key: Uint8Array, data: Uint8Array | string): string {
  const hmac: Hasher = bun ? new bun.CryptoHasher(method, key) : nodeCrypto().createHmac(method, key)
  if (typeof data === 'string') hmac.update(data, 'latin1')
  else hmac.update(data)
  return hmac.digest('hex')
}

/** The digest of a text's UTF-8 bytes. */
export function hashText(method: HashMethod, text: string, encoding: 'hex' | 'base64'): string {
  const hash: Hasher = bun ? new bun.CryptoHasher(method) : nodeCrypto().createHash(method)
  hash.update(text, 'utf8')
  return hash.digest(encoding)
}
