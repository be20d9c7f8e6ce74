import { runCommand } from './command.ts'
import type { Probed } from './probe.ts'

/** Works when the program ends with 0 in time; it gets the resource's arguments. Its last words are the reason. */
export async function probeScript(
  path: string,
  args: readonly string[],
  timeoutMs: number,
  env: Readonly<Record<string, string>>,
): Promise<Probed> {
  const { code, signal, timedOut, problem, lastWords } = await runCommand({ path, args, env, timeoutMs })
  if (code === 0 && !timedOut && problem === null) return { ok: true, detail: '' }
  const how = timedOut ? `killed after ${timeoutMs / 1000} s` : signal ? `ended by ${signal}` : `exit code ${code}`
  const said = lastWords === '' ? '' : `: ${lastWords}`
  return { ok: false, detail: problem ?? `${how}${said}` }
}
