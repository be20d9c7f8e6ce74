/** The site's notification scripts: which of rc.d are run, which are not because hb does their work, and with what environment. */
import { accessSync, constants, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Message } from '../wire/message.ts'

export type SiteScript =
  | { readonly kind: 'run'; readonly path: string; readonly args: readonly string[] }
  | { readonly kind: 'none' }
  /** There is one, and it is not run: silently if it is heartbeat's own. */
  | { readonly kind: 'ours'; readonly path: string; readonly why: string; readonly stock: boolean }

const TYPE = /^[A-Za-z0-9_-]{1,31}$/
const SCRIPT_BYTES_MAX = 256 * 1024
/** heartbeat's resource handling, which is inside hb: run beside it, these would start the same resources again. */
const REPLACED = new Set(['ip-request', 'ip-request-resp', 'hb_takeover', 'ask_resources', 'local_giveip'])
const RESOURCE_WORK = /\b(mach_down|ResourceManager|req_resource|hb_standby|hb_takeover)\b/

/** The script for a message type in the directory of ha.cf; looked up each time, so that edits take effect. */
export function findScript(configDir: string, type: string): SiteScript {
  if (!TYPE.test(type)) return { kind: 'none' }
  const name = type.toLowerCase()
  const path = join(configDir, 'rc.d', name)
  if (!isExecutable(path)) return { kind: 'none' }
  if (REPLACED.has(name)) return { kind: 'ours', path, why: `hb does the work of ${name} itself`, stock: true }
  const work = commands(path)
  const calls = work.map((line) => RESOURCE_WORK.exec(line)?.[1]).find((word) => word !== undefined)
  if (calls !== undefined) {
    const why = `it calls ${calls}, which hb does itself: without that call, or its other lines in a script of their own, it would be run`
    return { kind: 'ours', path, why, stock: name === 'status' && isStockStatus(work) }
  }
  const harc = join(configDir, 'harc')
  return isExecutable(harc) ? { kind: 'run', path: harc, args: [name] } : { kind: 'run', path, args: [name] }
}

/** heartbeat's environment of a notification: the message's text fields, and the local node's state. */
export function scriptVariables(
  message: Message,
  localState: string,
  base: Readonly<Record<string, string>>,
): Record<string, string> {
  const env: Record<string, string> = {}
  for (const field of message.fields) {
    // What heartbeat itself sets (HA_FUNCS is executed!) is not for a message to change.
    if (field.type === 0 && /^[A-Za-z0-9_]{1,64}$/.test(field.name)) env[`HA_${field.name}`] ??= field.value
  }
  return { ...env, ...base, HA_OSTATUS: localState }
}

/** As it comes with heartbeat: the shell functions, and mach_down for a node that is dead. */
function isStockStatus(work: readonly string[]): boolean {
  const usual = [/^\. \S+$/, /^case "?\$HA_st"? in$/, /^dead\)\s+\S*mach_down "?\$HA_src"?;;$/, /^esac$/]
  return work.length === usual.length && work.every((line, i) => usual[i]!.test(line))
}

function commands(path: string): string[] {
  const text = readFileSync(path, 'latin1').slice(0, SCRIPT_BYTES_MAX)
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

function isExecutable(path: string): boolean {
  try {
    if (!lstatSync(path).isFile() && !lstatSync(path).isSymbolicLink()) return false
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
