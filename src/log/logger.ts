/** Where the daemon's lines go: to all that ha.cf names, and in the foreground to standard error. */
import type { Logging } from '../config/types.ts'
import type { Level } from '../io.ts'
import { LogFile } from './file.ts'
import { type Entry, type Origin, plainLine, syslogStyleLine } from './format.ts'
import type { Owner } from './owner.ts'
import type { ErrorStream } from './stderr.ts'
import { type SendDatagram, Syslog } from './syslog.ts'

export interface LoggerOptions extends Origin {
  readonly logging: Logging
  readonly clock: () => { readonly ms: number; readonly wallMs: number }
  /** Lines go to standard error too. */
  readonly foreground: boolean
  /** Gets what is to be said about the log itself, and all lines in the foreground. */
  readonly stderr: Pick<ErrorStream, 'write'>
  /** null: this host has no syslog. */
  readonly sendDatagram: SendDatagram | null
  /** The debug level as it is now; what ha.cf says when not given. */
  readonly debugLevel?: () => number
  /** Whom log files are given to. */
  readonly owner: Owner | null
}

export interface Logger {
  /** The places that lines go to, in words. */
  readonly targets: readonly string[]
  /** One line everywhere it belongs; program is 'heartbeat' unless a helper speaks. Never throws, never waits. */
  log(level: Level, text: string, program?: string): void
  /** Opens the files anew, as after a rotation. */
  reopen(): void
  /** Takes in other logging directives; a place that stays is not touched, and keeps its count of lost lines. */
  configure(logging: Logging): void
  /** Lines lost, by target. */
  lost(): Record<string, number>
  close(): void
}

interface Target {
  readonly name: string
  /** Targets of one key are the same. */
  readonly key: string
  /** Whether lines of level debug belong there now. */
  readonly debug: () => boolean
  readonly lost: () => number
  write(entry: Entry, nowMs: number): void
  reopen?(nowMs: number): void
  close?(): void
}

/** What the logging daemon, which hb does without, would have used. */
const LOGD_FACILITY = 'daemon'

/** A logger for the logging directives of ha.cf. */
export function createLogger(options: LoggerOptions): Logger {
  const { clock, stderr } = options
  let targets: readonly Target[] = []
  const spread = (entry: Entry, but?: string) => {
    const { ms } = clock()
    for (const target of targets) {
      if (target.name !== but && (entry.level !== 'debug' || target.debug())) target.write(entry, ms)
    }
  }
  /** About a target itself: told on standard error, and by way of the other targets. */
  const tellOf = (name: string) => (text: string) => {
    const entry: Entry = { level: 'WARN', text, wallMs: clock().wallMs, program: 'heartbeat' }
    if (!options.foreground) stderr.write(plainLine(entry, options))
    spread(entry, name)
  }
  const configure = (logging: Logging): void => {
    const before = new Map(targets.map((target) => [target.key, target]))
    targets = buildTargets({ ...options, logging }, tellOf).map((target) => before.get(target.key) ?? target)
    for (const target of before.values()) if (!targets.includes(target)) target.close?.()
  }
  configure(options.logging)

  return {
    configure,
    get targets() {
      return targets.map((target) => target.name)
    },
    log: (level, text, program = 'heartbeat') => spread({ level, text, wallMs: clock().wallMs, program }),
    reopen: () => targets.forEach((target) => void target.reopen?.(clock().ms)),
    lost: () => Object.fromEntries(targets.map((target) => [target.name, target.lost()])),
    close: () => targets.forEach((target) => void target.close?.()),
  }
}

type TellOf = (name: string) => (text: string) => void

function buildTargets(options: LoggerOptions, tellOf: TellOf): Target[] {
  const { logging, sendDatagram, foreground } = options
  const targets: Target[] = []
  if (foreground) targets.push(stderrTarget(options))
  if (isFile(logging.logfile)) targets.push(fileTarget(logging.logfile, false, options, tellOf))
  if (isFile(logging.debugfile)) targets.push(fileTarget(logging.debugfile, true, options, tellOf))
  const facility = facilityOf(logging)
  if (facility !== null && sendDatagram !== null) targets.push(syslogTarget(facility, sendDatagram, options, tellOf))
  return targets
}

const isFile = (path: string | null): path is string => path !== null && path !== '' && path !== '/dev/null'

/** Where nothing else is named, or only the logging daemon is, its lines would end in syslog. */
function facilityOf({ facility, logfile, debugfile, useLogd }: Logging): string | null {
  if (facility !== null) return facility === 'none' ? null : facility
  return useLogd && logfile === null && debugfile === null ? LOGD_FACILITY : null
}

function fileTarget(path: string, debug: boolean, options: LoggerOptions, tellOf: TellOf): Target {
  const file = new LogFile(path, { owner: options.owner, tell: tellOf(path) })
  const line = options.logging.syslogmsgfmt ? syslogStyleLine : plainLine
  return {
    name: path,
    key: `file ${path} ${debug} ${options.logging.syslogmsgfmt}`,
    debug: () => debug,
    lost: () => file.lost,
    write: (entry, nowMs) => file.write(line(entry, options), nowMs),
    reopen: (nowMs) => file.reopen(nowMs),
    close: () => file.close(),
  }
}

function syslogTarget(facility: string, send: SendDatagram, options: LoggerOptions, tellOf: TellOf): Target {
  const name = `syslog ${facility}`
  const syslog = new Syslog(facility, send, tellOf(name))
  return {
    name,
    key: name,
    debug: () => debugLevel(options) > 0,
    lost: () => syslog.lost,
    write: (entry) => syslog.write(entry, options),
  }
}

const debugLevel = ({ debugLevel, logging }: LoggerOptions) => debugLevel?.() ?? logging.debug

function stderrTarget(options: LoggerOptions): Target {
  const { stderr } = options
  return {
    name: 'stderr',
    key: 'stderr',
    debug: () => debugLevel(options) > 0,
    lost: () => (stderr as Partial<ErrorStream>).lost ?? 0,
    write: (entry) => stderr.write(plainLine(entry, options)),
  }
}
