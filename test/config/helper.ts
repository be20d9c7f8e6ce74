/** A right configuration to bend in tests, and short forms of what came out. */
import { type ConfigEnv, type ConfigFiles, parseConfig } from '../../src/config/parse.ts'
import type { Config, Problem } from '../../src/config/types.ts'

export const haCf = `logfacility local0
keepalive 1
deadtime 10
auto_failback off
ucast eth0 192.168.0.2
node alpha beta
`
export const files: ConfigFiles = {
  dir: '',
  haCf,
  haresources: 'alpha 192.168.0.100\n',
  authkeys: { text: 'auth 1\n1 sha1 sesame\n', mode: 0o100600 },
  hbCf: null,
}

export const read = (change: Partial<ConfigFiles> = {}, env: Partial<ConfigEnv> = {}) =>
  parseConfig({ ...files, ...change }, { nodename: 'alpha', ...env })

/** The right ha.cf with lines put behind it. */
export const readWith = (lines: string, env: Partial<ConfigEnv> = {}) => read({ haCf: haCf + lines }, env)

/** The configuration; fails with the problems if there is none. */
export function right({ config, problems }: { config: Config | null; problems: readonly Problem[] }): Config {
  if (config === null) throw new Error(said(problems).join('\n'))
  return config
}

/** Each problem as `FILE:LINE:COL severity word: message`. */
export const said = (problems: readonly Problem[]): string[] =>
  problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.severity} '${p.word}': ${p.message}`)

/** Each problem as its severity and message. */
export const messages = (problems: readonly Problem[]): string[] => problems.map((p) => `${p.severity}: ${p.message}`)
