/** Users and groups of this host by name, from files in the form of /etc/passwd and /etc/group. */
import { readFileSync } from 'node:fs'

const FILE_BYTES_MAX = 4 * 1024 * 1024
const ID = /^[0-9]{1,10}$/

export interface Accounts {
  /** A user's number; a number stands for itself; null for nobody known. */
  uid(user: string): number | null
  gid(group: string): number | null
  /** The primary group of a user. */
  primaryGid(user: string): number | null
  /** The user, by number, is listed among the group's members. */
  isMember(uid: number, group: string): boolean
}

/** Read at each question: an account that was added counts at once. */
export function systemAccounts(passwd = '/etc/passwd', group = '/etc/group'): Accounts {
  const user = (name: string) => rows(passwd).find((r) => r[0] === name)
  const groupRow = (name: string) => rows(group).find((r) => r[0] === name || r[2] === name)
  return {
    uid: (name) => (ID.test(name) ? Number(name) : number(user(name)?.[2])),
    gid: (name) => (ID.test(name) ? Number(name) : number(groupRow(name)?.[2])),
    primaryGid: (name) => number((user(name) ?? rows(passwd).find((r) => r[2] === name))?.[3]),
    isMember(uid, name) {
      const members = groupRow(name)?.[3]?.split(',') ?? []
      const names = rows(passwd).filter((r) => number(r[2]) === uid)
      return names.some((r) => members.includes(r[0]!))
    },
  }
}

function rows(path: string): string[][] {
  try {
    const text = readFileSync(path, 'latin1').slice(0, FILE_BYTES_MAX)
    return text.split('\n').map((line) => line.trimEnd().split(':'))
  } catch {
    return []
  }
}

const number = (word: string | undefined): number | null => (word !== undefined && ID.test(word) ? Number(word) : null)
