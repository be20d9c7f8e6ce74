/** IP addresses as text and as bytes (4 or 16), and their prefixes. Pure. */

/** The four or sixteen bytes of an address; undefined when the text is none. No leading zeros, no zone. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

function parseIpv4(text: string): Uint8Array | undefined {
  const words = text.split('.')
  if (words.length !== 4 || !words.every((w) => /^(0|[1-9][0-9]{0,2})$/.test(w))) return undefined
  const numbers = words.map(Number)
  return numbers.every((n) => n <= 255) ? Uint8Array.from(numbers) : undefined
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = parseGroups(halves[0]!, halves.length === 1)
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : []
  if (!head || !tail) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail])
}

function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return []
  const words = text.split(':')
  const bytes: number[] = []
  for (const [i, word] of words.entries()) {
    const quad = last && i === words.length - 1 && word.includes('.') ? parseIpv4(word) : undefined
    if (quad) bytes.push(...quad)
    else if (/^[0-9a-fA-F]{1,4}$/.test(word))
      bytes.push(Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255)
    else return undefined
  }
  return bytes
}

/** The usual text of an address: dotted quad, or lower-case hexadecimal with the longest run of zeros as `::`. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  )
  const [start, length] = longestZeroRun(groups)
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

function longestZeroRun(groups: readonly string[]): [start: number, length: number] {
  let best: [number, number] = [0, 0]
  for (let i = 0; i < groups.length; i++) {
    let n = 0
    while (groups[i + n] === '0') n++
    if (n > best[1]) best = [i, n]
  }
  return best
}

/** The mask of a prefix length, for addresses of that many bytes. */
export function maskOf(prefix: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => (0xff00 >> Math.min(8, Math.max(0, prefix - 8 * i))) & 255)
}

/** The length of a dotted mask; undefined when its ones are not together at the front. */
export function prefixOf(mask: Uint8Array): number | undefined {
  const bits = Array.from(mask, (b) => b.toString(2).padStart(8, '0')).join('')
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined
}

/** Do both addresses lie in one network of that prefix length? */
export function sameNetwork(a: Uint8Array, b: Uint8Array, prefix: number): boolean {
  if (a.length !== b.length) return false
  return maskOf(prefix, a.length).every((m, i) => (a[i]! & m) === (b[i]! & m))
}

/** The last address of an IPv4 network. */
export function broadcastOf(address: Uint8Array, prefix: number): Uint8Array {
  const mask = maskOf(prefix, 4)
  return address.map((b, i) => b | (~mask[i]! & 255))
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((v, i) => v === b[i])

/** The bytes of aa:bb:cc:dd:ee:ff; undefined for anything else. */
export function parseMac(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(text)) return undefined
  return Uint8Array.from(text.split(':'), (b) => Number.parseInt(b, 16))
}

/** aa:bb:cc:dd:ee:ff */
export const formatMac = (mac: Uint8Array): string => Array.from(mac, (b) => b.toString(16).padStart(2, '0')).join(':')
