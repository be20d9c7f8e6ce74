/** `hb resource`: start, stop or ask one resource by hand, as heartbeat's scripts did; no daemon is needed or told. */
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { Timers } from '../agents/announce.ts'
import { isAddress } from '../agents/argument.ts'
import { scriptEnvironment } from '../agents/environment.ts'
import { createAgents } from '../agents/index.ts'
import { systemDirectories } from '../agents/lookup.ts'
import type { AgentResult } from '../agents/types.ts'
import { parseResource } from '../config/haresources.ts'
import { readConfigDir } from '../config/read.ts'
import type { Config, Resource } from '../config/types.ts'
import type { Operation } from '../io.ts'
import { readArgs, UsageError } from './args.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'

const OPERATIONS: readonly string[] = ['start', 'stop', 'status']
/** By hand nobody takes over meanwhile: only what hangs for good is ended. */
const TIMEOUT_MS = 3_600_000
const STOPPED = 3

/**
 * The words are SCRIPT [ARGUMENT...] OPERATION, or a resource as in haresources and the operation. Exit codes as those
 * of init scripts: 0 done or running, 1 failed, 3 stopped, 2 for a wrong call. An address stays for ever (no lease).
 */
export async function resource(argv: string[], io: Io): Promise<number> {
  try {
    const args = readArgs('resource', argv)
    const op = args.words.at(-1)!
    if (!OPERATIONS.includes(op)) throw new UsageError(`the last word must be start, stop or status, found '${op}'`)
    const dir = resolve(args.value('config') ?? '/etc/ha.d')
    const text = args.words.slice(0, -1).join('::')
    const target = parseResource({ text, file: 'command line', line: 1, column: 1 })
    return await carryOut(target, op as Operation, dir, !args.has('no-wait'), io)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(`hb resource: ${error.message}\n`)
    return Exit.usage
  }
}

async function carryOut(target: Resource, op: Operation, dir: string, wait: boolean, io: Io): Promise<number> {
  const { config, nodename } = readConfigDir(dir)
  const agents = createAgents({
    scripts: { directories: systemDirectories(dir), env: () => environment(dir, config, nodename, io), inherit: true },
    addresses: () => ({ ...(config?.addresses ?? NO_CONFIG), arpRefreshMs: 0 }),
    leaseMs: () => null,
    timers: LASTING_TIMERS,
    log: (level, text) => level === 'info' || io.err(`hb resource: ${text}\n`),
  })
  try {
    const job = { id: 1, op, group: target.text, resource: target, timeoutMs: TIMEOUT_MS }
    const result = await agents.agent.run(job)
    if (op === 'start' && result.outcome === 'ok' && isAddress(target) && wait) await agents.announced(target)
    return report(target, op, result, io)
  } finally {
    agents.close()
  }
}

function report(target: Resource, op: Operation, { outcome, detail }: AgentResult, io: Io): number {
  const more = detail === '' ? '' : ` (${detail})`
  if (outcome === 'running') io.out(`${target.text}: running OK${more}\n`)
  else if (outcome === 'stopped') io.out(`${target.text}: stopped${more}\n`)
  else if (outcome === 'ok') io.out(`${target.text}: ${op} OK${more}\n`)
  else io.err(`hb resource: ${target.text}: ${op} failed${more}\n`)
  if (outcome === 'stopped') return STOPPED
  return outcome === 'ok' || outcome === 'running' ? Exit.fine : Exit.failed
}

/** Unlike a daemon's, these keep the program alive until the announcements are out. */
const LASTING_TIMERS: Timers = {
  set: (action, ms) => setTimeout(action, ms),
  clear: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
}

const NO_CONFIG = { lease: false, arpCount: null, arpIntervalMs: null, arpRefreshMs: 0 }

function environment(dir: string, config: Config | null, nodename: string, io: Io): Record<string, string> {
  const logging = { facility: null, logfile: null, debugfile: null, useLogd: false, debug: 0 }
  const rest = { syslogmsgfmt: true, logBadpack: true }
  const none = { dir, env: new Map(), parameters: new Map(), logging: { ...logging, ...rest } }
  const known = config ?? { ...none, cluster: { autoFailback: 'legacy' as const } }
  return scriptEnvironment(known, io.env, nodename || hostname())
}
