/**
 * Runs a tool of the build machine in the C locale and returns what it says.
 * @throws Error with its last words; for one that is missing, with the Debian package that has it
 */
export function run(cmd: readonly string[], env: Record<string, string> = {}, debian = cmd[0]): string {
  if (!Bun.which(cmd[0]!)) throw new Error(`${cmd[0]} is not here (Debian: apt-get install ${debian})`)
  const all = { ...process.env, LC_ALL: 'C', TZ: 'UTC', ...env }
  const done = Bun.spawnSync({ cmd: [...cmd], env: all, stdout: 'pipe', stderr: 'pipe' })
  if (done.exitCode !== 0) throw new Error(`${cmd[0]} failed:\n${done.stderr.toString().trim()}`)
  return done.stdout.toString()
}
