/** hb run */
import { resolve } from 'node:path'
import { problemText, readConfigDir } from '../config/read.ts'
import { socketPath } from '../control/path.ts'
import { readArgs } from './args.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'

const DEFAULT_CONFIG = '/etc/ha.d'
const DEFAULT_STATE = '/var/lib/heartbeat'
const DEFAULT_RUN = '/run'

/** Reads the configuration and serves with it until stopped; refuses to start with a wrong one. */
export async function run(argv: string[], io: Io): Promise<number> {
  const args = readArgs('run', argv)
  /* Scripts start in / and are told where the configuration is. */
  const configDir = resolve(args.value('config') ?? DEFAULT_CONFIG)
  const { config, problems, nodename } = readConfigDir(configDir)
  for (const problem of problems) io.err(`${problemText(problem)}\n`)
  if (config === null) {
    io.err(`hb: not started: the configuration in ${configDir} has errors\n`)
    return Exit.configuration
  }
  const { runDaemon } = await import('../daemon.ts')
  const stateDir = args.value('state-dir') ?? DEFAULT_STATE
  try {
    return await runDaemon({
      configDir,
      config,
      node: nodename,
      stateDir,
      runDir: args.value('run-dir') ?? DEFAULT_RUN,
      socketPath: socketPath(args.value('socket'), io.env),
    })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    io.err(`hb: cannot start: ${message}\n`)
    return code === 'EACCES' || code === 'EPERM' ? Exit.notPermitted : Exit.failed
  }
}
