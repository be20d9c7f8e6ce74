/** Whether the programs that the configuration names are on this machine. */
import { addressAgents } from './address-agents.ts'
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
