/** Whether the programs, users and devices that the configuration names are on this machine. */
import { addressAgents } from './address-agents.ts'
import type { Draft } from './draft.ts'
import type { ProblemList } from './problem.ts'
import type { Client, Group } from './types.ts'

/** Resource scripts that hb brings along. */
const builtIn: ReadonlySet<string> = new Set([...addressAgents, 'systemd'])

/** Warns, since a file may be there later (a mount) or on the machine that the configuration is meant for. */
export function checkPrograms(
  dir: string,
  clients: readonly Client[],
  groups: readonly Group[],
  executable: (path: string) => boolean,
  problems: ProblemList,
): void {
  for (const client of clients) {
    const [path = ''] = client.command.split(/\s+/, 1)
    // The ipfail inside hb answers to that line.
    if (!path.endsWith('/ipfail') && !executable(path))
      problems.warning(client, path, 'no such program on this machine', 'install it, or remove the line')
  }
  const looked = new Set<string>()
  for (const resource of groups.flatMap((g) => g.resources)) {
    const { script } = resource
    if (builtIn.has(script) || looked.has(script)) continue
    looked.add(script)
    const places = [`${dir}/resource.d/${script}`, `/etc/init.d/${script}`]
    if (script.includes('/') || !places.some(executable))
      problems.warning(resource, script, 'no such resource script on this machine', `looked for: ${places.join(', ')}`)
  }
}

/** Users of respawn and failfast, users and groups of apiauth: heartbeat does not start with one that is unknown. */
export function checkAccounts(
  { clients, apiauth }: Draft,
  { passwd, group }: { readonly passwd?: string; readonly group?: string },
  problems: ProblemList,
): void {
  const unknown = (text: string | undefined) => {
    const known = new Set((text ?? '').split('\n').map((line) => line.split(':', 1)[0]))
    return (name: string) => text !== undefined && !/^\d+$/.test(name) && !known.has(name)
  }
  const noUser = unknown(passwd)
  const noGroup = unknown(group)
  for (const client of clients)
    if (noUser(client.user))
      problems.warning(
        client,
        client.user,
        'no such user on this machine',
        'add the user, or the program is not started',
      )
  for (const auth of apiauth) {
    for (const user of auth.uids.filter(noUser))
      problems.warning(auth, user, 'no such user on this machine', 'add the user, or take it out of the list')
    for (const name of auth.gids.filter(noGroup))
      problems.warning(auth, name, 'no such group on this machine', 'add the group, or take it out of the list')
  }
}

const plugins = '/usr/lib/stonith/plugins'

/** A device that cannot work keeps every takeover waiting: found now, not when the other node has died. */
export function checkStonith(
  { settings, given }: Draft,
  exists: (path: string) => boolean,
  problems: ProblemList,
): void {
  const { stonith } = settings
  const at = given.get('stonith_host') ?? given.get('stonith')
  if (stonith === undefined || at === undefined) return
  const { type, params } = stonith
  const warn = (word: string, message: string, remedy: string) =>
    problems.warning(at, word, message, `${remedy}: no takeover happens before the device has reset the other node`)
  const file = params[0] === '-F' ? params[1] : undefined
  if (file !== undefined && !exists(file)) warn(file, 'no such file on this machine', 'write it')
  if (!exists(plugins)) warn('stonith', 'cluster-glue is not on this machine', 'install it')
  else if (!exists(`${plugins}/${type}`) && !exists(`${plugins}/stonith2/${type}.so`))
    warn(type, 'no such stonith type on this machine', '`stonith -L` lists them')
}
