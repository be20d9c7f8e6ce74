/** Resets another node with cluster-glue's stonith program, which drives the device that ha.cf names. */
import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/types.ts'
import { runCommand } from './command.ts'

/** Switching a machine off and on takes devices some seconds; one that takes longer does not answer any more. */
export const STONITH_LIMIT_MS = 60_000
const DETAIL_MAX = 300

export type Device = NonNullable<Config['stonith']>

export interface StonithOptions {
  /** null: ha.cf names none for this node. */
  readonly device: Device | null
  readonly env: Readonly<Record<string, string>>
  readonly limitMs?: number
  /** Each line that the program says; bounded. */
  readonly onLine?: (line: string) => void
}

export interface FenceResult {
  readonly ok: boolean
  /** Why not, or how; one line. The device's parameters are not in it: they may hold a password. */
  readonly detail: string
}

/** The words behind `stonith` that reset a node; params come as the configuration has them. */
export function stonithArguments({ type, params }: Device, node: string): string[] {
  return ['-t', type, ...params, '-T', 'reset', node]
}

/** Resets a node; ok only if the program says so by its exit code. Answers within the limit and a moment. Never throws. */
export async function resetNode(node: string, options: StonithOptions): Promise<FenceResult> {
  const { device, env, limitMs = STONITH_LIMIT_MS } = options
  if (device === null) return { ok: false, detail: 'ha.cf names no stonith device for this node' }
  const path = findStonith(env.PATH ?? '')
  if (path === null) {
    return { ok: false, detail: `there is no program stonith in ${env.PATH || 'an empty PATH'}: install cluster-glue` }
  }
  const args = stonithArguments(device, node)
  const result = await runCommand({ path, args, env, timeoutMs: limitMs, onLine: options.onLine ?? (() => {}) })
  const { problem, timedOut, code, signal, lastWords } = result
  if (problem !== null) return { ok: false, detail: `${path}: ${problem}` }
  const how = timedOut
    ? `killed after its time limit of ${limitMs / 1000} s`
    : signal !== null
      ? `ended by ${signal}`
      : `exit code ${code}`
  const ok = !timedOut && code === 0
  const words = [ok ? '' : how, lastWords].filter((part) => part !== '').join(': ')
  return { ok, detail: `stonith ${device.type}${words === '' ? '' : `: ${words}`}`.slice(0, DETAIL_MAX) }
}

function findStonith(path: string): string | null {
  for (const directory of path.split(':').filter((d) => d.startsWith('/'))) {
    const file = join(directory, 'stonith')
    try {
      if (!statSync(file).isFile()) continue
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // Not there: the next directory may have it.
    }
  }
  return null
}
