/** Who may sign on to heartbeat's client socket: apiauth against what the kernel says of the caller. Pure. */
import type { ApiAuth } from '../config/types.ts'
import { get, type Message } from '../wire/message.ts'
import type { Accounts } from './accounts.ts'
import type { Credentials } from './credentials.ts'

const NAME = /^[\x21-\x7e]{1,63}$/

export interface Admitted {
  readonly name: string
  /** Its name is its process number: it may ask, but not speak to the cluster. */
  readonly casual: boolean
}

/** A refusal in heartbeat's words; name is '' where it must not be repeated. */
export interface Denied {
  readonly denied: string
}

export interface AdmissionRules {
  readonly apiauth: readonly ApiAuth[]
  readonly accounts: Accounts
  readonly taken: (name: string) => boolean
}

/** Judges a sign-on request. */
export function admit(request: Message, caller: Credentials | null, rules: AdmissionRules): Admitted | Denied {
  const name = get(request, 'from_id') ?? ''
  const pid = get(request, 'pid') ?? ''
  if (!NAME.test(name) || !/^[0-9]{1,10}$/.test(pid)) return { denied: 'no from_id or pid in the request' }
  if (caller === null || Number(pid) !== caller.pid) return { denied: 'incorrect/false credentials' }
  if (get(request, 'uid') !== String(caller.uid) || get(request, 'gid') !== String(caller.gid)) {
    return { denied: 'incorrect/false credentials' }
  }
  const casual = name === pid
  if (/^[0-9]+$/.test(name) && !casual) return { denied: 'a name of digits must be the process number' }
  if (rules.taken(name)) return { denied: 'duplicate add request' }
  const entry = entryOf(casual ? 'anon' : name, rules.apiauth)
  if (entry === undefined || !permits(entry, caller, rules.accounts)) return { denied: 'client failed authorization' }
  return { name, casual }
}

/** Whether apiauth, as it is now, still lets in who signed on earlier. */
export function mayStay(
  { name, casual }: Admitted,
  caller: Credentials | null,
  rules: Pick<AdmissionRules, 'apiauth' | 'accounts'>,
): boolean {
  const entry = entryOf(casual ? 'anon' : name, rules.apiauth)
  return entry !== undefined && caller !== null && permits(entry, caller, rules.accounts)
}

function entryOf(client: string, apiauth: readonly ApiAuth[]): ApiAuth | undefined {
  return apiauth.find((a) => a.client === client) ?? apiauth.find((a) => a.client === 'default')
}

function permits(entry: ApiAuth, { uid, gid }: Credentials, accounts: Accounts): boolean {
  if (entry.uids.some((user) => accounts.uid(user) === uid)) return true
  return entry.gids.some((group) => accounts.gid(group) === gid || accounts.isMember(uid, group))
}
