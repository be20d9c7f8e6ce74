/** Whom heartbeat gives its log files to, so that its unprivileged helpers can write to them. */
import { readFileSync } from 'node:fs'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** A user's ids from a file in the form of /etc/passwd, or null when there is no such user or file. */
export function findOwner(user: string, passwd = '/etc/passwd'): Owner | null {
  try {
    for (const line of readFileSync(passwd, 'utf8').split('\n')) {
      const [name, , uid, gid] = line.split(':')
      if (name !== user || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? '')) continue
      return { uid: Number(uid), gid: Number(gid) }
    }
  } catch {
    // A host without user names has nobody to give files to.
  }
  return null
}
