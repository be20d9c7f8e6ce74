/** Joins the core to the world: opens what it needs, feeds inputs, carries out effects, and closes in order. */
import { existsSync, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { rebootNow } from './compat/reboot.ts'
import { type ControlServer, serveControl } from './control/server.ts'
import { applyConfig, sameText } from './daemon/apply.ts'
import { reading } from './daemon/clock.ts'
import { Commands } from './daemon/commands.ts'
import { randomSeed } from './daemon/core.ts'
import type { Exchange } from './daemon/exchange.ts'
import { InForce } from './daemon/in-force.ts'
import { DaemonLog } from './daemon/log.ts'
import type { DaemonOptions } from './daemon/options.ts'
import { assemble, type Parts } from './daemon/parts.ts'
import { Reloader } from './daemon/reload.ts'
import { createExchange } from './daemon/successor.ts'
import { statusDocument } from './http/status.ts'
import { createCalendar } from './http/times.ts'
import { buryOrphans } from './linux/orphans.ts'
import { nodesHindrance } from './resources/reconfigure.ts'
import { collectGarbage } from './runtime/collect.ts'

/** How often the kernel is asked what changed on interfaces and who claims an address. */
const WATCH_MS = 250
/** Summaries of what was refused, the priority of threads that are new, the dead that came from elsewhere. */
const SECOND_MS = 1000
const COLLECT_MS = 20_000

/** Serves until it is told to stop; resolves with the exit code. Throws when something it cannot do without fails. */
export async function runDaemon(given: DaemonOptions): Promise<number> {
  const cameFrom = workingDirectory()
  // The daemon may leave the directory that it was started in.
  const [configDir, stateDir, runDir] = [given.configDir, given.stateDir, given.runDir].map((p) => resolve(p))
  const options = { ...given, configDir: configDir!, stateDir: stateDir!, runDir: runDir! }
  const daemonLog = new DaemonLog(options.config.logging, options.node)
  daemonLog.log('info', `hb ${packageJson.version}: Configuration validated. Starting heartbeat 3.0.6 (compatible)`)
  const stateDirExisted = existsSync(options.stateDir)
  mkdirSync(options.stateDir, { recursive: true })
  const commands = new Commands(() => daemon.answers())
  const control = await serveControl(resolve(options.socketPath), (request) => commands.handle(request))
  const daemon: Daemon = new Daemon(options, daemonLog, commands, stateDirExisted, cameFrom)
  return daemon.run(control)
}

/** The one it was started in may be gone by now. */
function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

class Daemon {
  private readonly ended = Promise.withResolvers<number>()
  private readonly inForce: InForce
  private readonly parts: Parts
  private readonly reloader: Reloader
  private readonly exchange: Exchange
  private readonly calendar = createCalendar()
  private readonly image = randomSeed().toString(16)
  private readonly log: DaemonLog['log']

  constructor(
    private readonly options: DaemonOptions,
    private readonly daemonLog: DaemonLog,
    private readonly commands: Commands,
    stateDirExisted: boolean,
    cameFrom: string,
  ) {
    this.log = daemonLog.log
    this.inForce = new InForce(options.config, options.node)
    this.reloader = this.createReloader()
    this.parts = assemble({
      ...options,
      ...{ inForce: this.inForce, daemonLog, commands, stateDirExisted, version: packageJson.version },
      warning: () => this.reloader.refused,
      exit: (code) => this.ended.resolve(code),
      broken: (error) => this.broken(error),
      reset: (why) => this.reset(why),
    })
    this.exchange = createExchange(this.parts, this.inForce, options, cameFrom)
  }

  /** What the control socket's requests come to. */
  answers() {
    return {
      feed: this.parts.loop.feed.bind(this.parts.loop),
      status: () => statusDocument(this.parts.source, this.calendar(reading())),
      reload: () => {
        this.parts.service.reloading()
        const reply = this.reloader.run()
        this.parts.service.beaten()
        return reply
      },
      upgrade: (path: string) => this.exchange.run(path),
      image: this.image,
      givenUp: this.exchange.givenUp,
    }
  }

  async run(control: ControlServer): Promise<number> {
    const { loop, endpoint, left } = this.parts
    endpoint.use(this.inForce.config.http)
    const watch = setInterval(() => this.watch(), WATCH_MS)
    const seconds = setInterval(() => {
      this.parts.mailbox.tick()
      this.parts.host.tick()
      buryOrphans()
    }, SECOND_MS)
    const collections = setInterval(collectGarbage, COLLECT_MS)
    this.onSignals()
    loop.feed({ kind: 'start' })
    // What the program before this one had not read yet.
    const { cluster } = this.inForce.config
    if (left?.core != null && !sameText(left.shell.cluster, cluster)) loop.feed({ kind: 'config', config: cluster })
    const code = await this.ended.promise
    for (const timer of [watch, seconds, collections]) clearInterval(timer)
    await this.close(control)
    return code
  }

  private async close(control: ControlServer): Promise<void> {
    const { service, compat, loop, endpoint, carriers, host, agents } = this.parts
    service.ended()
    await compat.close()
    loop.end()
    endpoint.close()
    this.commands.end('hb has ended')
    await control.close()
    carriers.close()
    host.watchdog.close()
    agents.close()
    this.daemonLog.close()
  }

  private watch(): void {
    const { agents, loop, carriers } = this.parts
    const { conflicts, changes } = agents.poll()
    for (const c of conflicts) loop.feed({ kind: 'conflict', address: c.address, mac: c.mac })
    if (changes.length > 0) carriers.refresh()
  }

  private createReloader(): Reloader {
    const { configDir, node } = this.options
    return new Reloader({
      ...{ dir: configDir, node, log: this.log },
      now: () => this.inForce.config,
      nodesHindrance: (nodes) => nodesHindrance(this.parts.engine.resources, nodes),
      reopenLogs: () => this.daemonLog.reopen(),
      apply: (next) => applyConfig(this.parts, this.inForce, this.daemonLog, next),
    })
  }

  // --- signals, and the worst --------------------------------------------------------------------------------------------

  private onSignals(): void {
    const stop = () => void this.commands.ask({ verb: 'stop' })
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
    process.on('SIGHUP', () => void this.commands.handle({ verb: 'reload' }))
    process.on('SIGUSR1', () => this.daemonLog.raiseDebug(1))
    process.on('SIGUSR2', () => this.daemonLog.raiseDebug(-1))
  }

  private reset(why: string): void {
    this.log('CRIT', `${why}: this machine is restarted`)
    rebootNow()
    this.log('CRIT', 'this machine cannot be restarted: that needs CAP_SYS_BOOT')
  }

  /** A defect in the core: the safe end of a daemon that may hold an address is to let go of it. */
  private broken(error: unknown): void {
    this.log('CRIT', `defect: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
    try {
      const { agents, engine } = this.parts
      const mine = engine.resources.groups.filter((g) => !engine.resources.maintenance.covers(g))
      agents.drop(mine.flatMap((g) => g.config.resources))
    } finally {
      this.ended.resolve(1)
    }
  }
}
