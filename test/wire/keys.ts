/** Key rings for tests. */
import type { AuthKey, AuthMethod, KeyRing } from '../../src/config/types.ts'

/** A ring out of authkeys text that is known to be right. */
export function ring(authkeys: string): KeyRing {
  let signWith = -1
  const keys = new Map<number, AuthKey>()
  for (const line of authkeys.split('\n').filter(Boolean)) {
    const [first, second, third = ''] = line.split(/\s+/)
    if (first === 'auth') signWith = Number(second)
    else keys.set(Number(first), { method: second as AuthMethod, key: Buffer.from(third, 'latin1') })
  }
  return { signWith, keys }
}

export const crcRing = ring('auth 1\n1 crc\n')
export const md5Ring = ring('auth 1\n1 md5 Hello!\n')
export const sha1Ring = ring('auth 1\n1 sha1 HI!\n')
