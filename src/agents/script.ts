/** Resources that a script starts and stops. */
import type { Resource } from '../config/types.ts'
import type { Operation } from '../io.ts'
import { type CommandResult, runCommand } from './command.ts'
import { type Dialect, judge } from './judge.ts'
import { type Directories, findProgram } from './lookup.ts'
import type { AgentResult } from './types.ts'

export interface ScriptOptions {
  readonly directories: Directories
  /** The environment of every script (environment.ts), asked for at each run. */
  readonly env: () => Readonly<Record<string, string>>
  /** Every line that a script says, the resource first; bounded for each run. */
  readonly onLine?: (resource: Resource, line: string) => void
  /** The script's own words for start and stop go to our terminal. */
  readonly inherit?: boolean
}

/** Carries one operation out within the time limit and a moment; monitor: a monitor asks for the status. Never throws. */
export async function runScript(
  resource: Resource,
  op: Operation,
  timeoutMs: number,
  options: ScriptOptions,
  monitor = false,
): Promise<AgentResult> {
  const program = findProgram(resource, options.directories)
  if (typeof program === 'string') return { outcome: 'missing', code: null, detail: program }
  const result = await runCommand({
    path: program.path,
    args: [...program.args, wordFor(op, program.dialect), ...(program.after ?? [])],
    env: { ...options.env(), ...program.env },
    timeoutMs,
    onLine: (line) => options.onLine?.(resource, line),
    inherit: options.inherit === true && op !== 'status',
  })
  if (result.problem !== null) {
    return { outcome: 'failed', code: null, detail: `${program.path}: ${result.problem}` }
  }
  const detail = describe(result, timeoutMs)
  if (result.timedOut) return { outcome: 'timeout', code: result.code, detail }
  const outcome = judge(program.dialect, op, result.code, result.standard, monitor)
  return { outcome, code: result.code, detail }
}

function wordFor(op: Operation, dialect: Dialect): string {
  if (op !== 'status') return op
  return dialect === 'ocf' ? 'monitor' : dialect === 'systemd' ? 'is-active' : op
}

function describe(result: CommandResult, timeoutMs: number): string {
  const { code, signal, timedOut, lastWords } = result
  const end = timedOut
    ? `killed after its time limit of ${timeoutMs / 1000} s`
    : signal
      ? `ended by ${signal}`
      : code === 0
        ? ''
        : `exit code ${code}`
  return [end, lastWords].filter((part) => part !== '').join(': ')
}
