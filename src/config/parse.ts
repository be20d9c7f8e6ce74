/** The four texts to a Config, or to the list of what is wrong with them. */
import { assemble } from './assemble.ts'
import { type AuthkeysText, parseAuthkeys } from './authkeys.ts'
import { checkGroups, checkOwners } from './check-groups.ts'
import { checkMonitors } from './check-monitors.ts'
import { checkAccounts, checkPrograms, checkStonith } from './check-programs.ts'
import { checkSettings } from './check-settings.ts'
import { applyDefaults, readDirectives } from './directives.ts'
import { type Draft, emptyDraft } from './draft.ts'
import { type Owner, parseHaresources } from './haresources.ts'
import { ProblemList, whole } from './problem.ts'
import { parseServices } from './services.ts'
import { haTable, hbTable } from './table.ts'
import type { Config, Problem } from './types.ts'

/** The texts of the four files; null is a file that is not there. */
export interface ConfigFiles {
  /** The directory, as problems name it. */
  readonly dir: string
  readonly haCf: string | null
  readonly haresources: string | null
  readonly authkeys: AuthkeysText | null
  readonly hbCf: string | null
  /** File names that exist but could not be read, and why. */
  readonly unreadable?: ReadonlyMap<string, string>
}

export interface ConfigEnv {
  /** What this node is called. */
  readonly nodename: string
  /** The text of /etc/services. */
  readonly services?: string
  /** Is there an executable file of that path on this machine? Without it no program is looked for. */
  readonly executable?: (path: string) => boolean
  /** Is there anything of that path on this machine? Without it nothing is looked for. */
  readonly exists?: (path: string) => boolean
  /** The texts of /etc/passwd and /etc/group; without them every name is taken for known. */
  readonly passwd?: string
  readonly group?: string
}

export interface Reading {
  /** null if and only if there is an error among the problems. */
  readonly config: Config | null
  readonly problems: readonly Problem[]
}

/** What to do about a file that is not there; hb.cf may be missing. */
const remedies = {
  'ha.cf': 'it names the nodes and the links between them: node, ucast and so on',
  'hb.cf': '',
  haresources: 'one line a group: NODE RESOURCE...; an empty file means no resources',
  authkeys: 'two lines, `auth 1` and `1 sha1 SECRET`, the same on all nodes, mode 600',
} as const

type FileName = keyof typeof remedies

/** Reads all files in one pass and finds every problem of each. Pure, linear, and never throws, whatever the texts. */
export function parseConfig(files: ConfigFiles, env: ConfigEnv): Reading {
  const problems = new ProblemList()
  const dir = files.dir.replace(/(?<=.)\/+$/, '')
  const pathOf = (name: FileName) => (dir === '' ? name : `${dir}/${name}`)
  /** What read makes of the file; null and a problem if it is not there. */
  function from<S, T>(name: FileName, source: S | null, read: (path: string, source: S) => T): T | null {
    if (source !== null) return read(pathOf(name), source)
    const why = files.unreadable?.get(name)
    if (why !== undefined) problems.error(whole(pathOf(name)), '', `the file ${why}`, 'hb reads it as root')
    else if (name !== 'hb.cf') problems.error(whole(pathOf(name)), '', 'the file is missing', remedies[name])
    return null
  }

  const draft = draftWithDefaults(env)
  from('ha.cf', files.haCf, (path, text) => readDirectives(haTable, path, text, draft, problems))
  from('hb.cf', files.hbCf, (path, text) => readDirectives(hbTable, path, text, draft, problems))
  if (files.haCf !== null) checkSettings(draft, pathOf('ha.cf'), problems)
  const nodes = draft.nodes.map((n) => n.name)
  const idle: Owner[] = []
  const groups = from('haresources', files.haresources, (path, text) => parseHaresources(path, text, problems, idle))
  const nodesKnown = nodes.length > 0 && !draft.broken.has('node')
  if (groups && nodesKnown) checkOwners([...groups, ...idle], nodes, problems)
  if (groups) checkGroups(groups, problems)
  if (groups) checkMonitors(draft.monitors, groups, env.executable, problems)
  const keys = from('authkeys', files.authkeys, (path, source) => parseAuthkeys(path, source, problems))
  if (env.executable) checkPrograms(dir, draft.clients, groups ?? [], env.executable, problems)
  checkAccounts(draft, env, problems)
  if (env.exists) checkStonith(draft, env.exists, problems)
  const config = problems.failed || !groups || !keys ? null : assemble(dir, draft, groups, keys)
  return { config, problems: problems.list() }
}

/** The port's default depends on this machine, all others stand in the table. */
function draftWithDefaults(env: ConfigEnv): Draft {
  const services = parseServices(env.services ?? '')
  const draft = emptyDraft(env.nodename.toLowerCase(), services)
  applyDefaults(haTable, draft)
  applyDefaults(hbTable, draft)
  const [port] = [...services].find(([, name]) => name === 'ha-cluster') ?? []
  if (port !== undefined) {
    draft.settings.udpport = port
    draft.texts.set('udpport', String(port))
  }
  return draft
}
