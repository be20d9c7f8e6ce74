/** `hb upgrade`: is the other file fit to take this program's place? */
import { accessSync, constants, statSync } from 'node:fs'
import { runCommand } from '../agents/command.ts'

const CHECK_MS = 15_000

/** Why the executable cannot take over, or null: it must be an hb, and accept the configuration that is in force. */
export async function unfitExecutable(
  path: string,
  configDir: string,
  node: string,
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  try {
    accessSync(path, constants.X_OK)
    if (!statSync(path).isFile()) return `${path} is not a file`
  } catch (error) {
    return `${path} cannot be executed (${(error as NodeJS.ErrnoException).code ?? error})`
  }
  const version = await runCommand({ path, args: ['version'], env, timeoutMs: CHECK_MS })
  if (version.code !== 0 || !/^hb /.test(version.standard)) {
    return `${path} is no hb: 'version' ended with ${version.problem ?? version.code} ${version.lastWords}`.trim()
  }
  const check = await runCommand({
    path,
    args: ['check', '--config', configDir, '--node', node],
    env,
    timeoutMs: CHECK_MS,
  })
  return check.code === 0 ? null : `${path} refuses the configuration: ${check.lastWords}`
}
