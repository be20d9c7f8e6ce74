/** Which program starts and stops a resource: a script of resource.d, an init script, or an OCF agent. */
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Resource } from '../config/types.ts'
import type { Dialect } from './judge.ts'

export interface Directories {
  /** Where ha.cf is: resource.d and conf/OCF lie in it. */
  readonly config: string
  readonly init: string
  /** OCF_ROOT: agents are in resource.d/<provider>/<agent> below it. */
  readonly ocf: string
  /** Where systemctl may be, in order. */
  readonly systemctl?: readonly string[]
}

export const systemDirectories = (config: string): Directories => ({
  config,
  init: '/etc/init.d',
  ocf: '/usr/lib/ocf',
  systemctl: ['/usr/bin/systemctl', '/bin/systemctl'],
})

export interface Program {
  readonly path: string
  readonly args: readonly string[]
  readonly dialect: Dialect
  /** Words behind the operation. */
  readonly after?: readonly string[]
  /** Parameters of an OCF agent. */
  readonly env: Readonly<Record<string, string>>
}

const CONF_BYTES_MAX = 65536

/** The program of a resource, or why there is none. Looked up at every operation: edits take effect at once. */
export function findProgram(resource: Resource, dirs: Directories): Program | string {
  const { script, args } = resource
  if (script === '' || script.includes('/'))
    return `${script || resource.text}: the name of a script, not a path, is expected`
  const tried: string[] = []
  for (const [dir, dialect] of [
    [join(dirs.config, 'resource.d'), 'text'],
    [dirs.init, 'lsb'],
  ] as const) {
    const path = join(dir, script)
    const problem = executableProblem(path)
    if (problem === null) return { path, args, dialect, env: {} }
    tried.push(problem)
  }
  if (script === 'systemd') return findUnit(resource, dirs)
  const agent = ocfName(resource)
  if (agent) return findOcf(resource, agent, dirs)
  return `there is no script ${script} (${tried.join('; ')})`
}

/** null for a regular file that may be executed. */
function executableProblem(path: string): string | null {
  try {
    if (!statSync(path).isFile()) return `${path} is not a file`
    accessSync(path, constants.X_OK)
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? `${path} is not executable` : `${path} does not exist`
  }
}

interface OcfName {
  readonly provider: string | null
  readonly agent: string
  /** From OCF::agent::instance. */
  readonly instance: string | null
  readonly params: readonly string[]
}

/** `ocf:provider:agent::name=value...`, or heartbeat's `OCF::agent::instance`. */
function ocfName({ script, args }: Resource): OcfName | null {
  if (script === 'OCF' && args[0])
    return { provider: null, agent: args[0], instance: args[1] ?? null, params: args.slice(2) }
  const [kind, provider, agent, ...rest] = script.split(':')
  if (kind !== 'ocf' || !provider || !agent || rest.length > 0) return null
  return { provider, agent, instance: null, params: args }
}

/** `systemd::NAME`, a unit of systemd's. */
function findUnit({ text, args }: Resource, dirs: Directories): Program | string {
  const [unit] = args
  if (unit === undefined || args.length > 1 || unit.startsWith('-')) return `${text}: systemd::NAME is expected`
  const places = dirs.systemctl ?? []
  const path = places.find((p) => executableProblem(p) === null)
  if (path === undefined) return `there is no systemctl here (${places.join(', ')})`
  return { path, args: [], after: [unit], dialect: 'systemd', env: {} }
}

function findOcf(resource: Resource, name: OcfName, dirs: Directories): Program | string {
  const base = join(dirs.ocf, 'resource.d')
  const path = (name.provider ? [name.provider] : providers(base))
    .map((provider) => join(base, provider, name.agent))
    .find((candidate) => executableProblem(candidate) === null)
  if (!path) return `there is no OCF agent ${name.agent} in ${join(base, name.provider ?? '*')}`
  const env: Record<string, string> = {
    OCF_ROOT: dirs.ocf,
    OCF_RA_VERSION_MAJOR: '1',
    OCF_RA_VERSION_MINOR: '0',
    OCF_RESOURCE_INSTANCE: name.instance ?? resource.text.replace(/[^A-Za-z0-9_.-]+/g, '_'),
    OCF_RESOURCE_TYPE: name.agent,
    OCF_RESOURCE_PROVIDER: path.split('/').at(-2)!,
  }
  const conf = name.instance === null ? [] : readLines(join(dirs.config, 'conf/OCF', name.agent, name.instance))
  for (const line of [...conf, ...name.params]) {
    const setting = parameter(line)
    if (setting) env[setting[0]] = setting[1]
    else if (name.params.includes(line)) return `${line}: an OCF parameter is written name=value`
  }
  return { path, args: [], dialect: 'ocf', env }
}

function providers(base: string): string[] {
  try {
    return readdirSync(base).sort()
  } catch {
    return []
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').slice(0, CONF_BYTES_MAX).split('\n')
  } catch {
    return []
  }
}

/** name=value, with or without `export`, the OCF_RESKEY_ prefix and quotes. */
function parameter(line: string): [string, string] | null {
  const found = /^\s*(?:export\s+)?(?:OCF_RESKEY_)?([A-Za-z_][A-Za-z0-9_]*)=(?:"([^"]*)"|'([^']*)'|(.*?))\s*$/.exec(
    line,
  )
  return found ? [`OCF_RESKEY_${found[1]}`, found[2] ?? found[3] ?? found[4]!] : null
}
