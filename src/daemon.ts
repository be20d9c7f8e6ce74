/** Joins the core to the world: opens what it needs, feeds inputs, carries out effects, and closes in order. */
import { existsSync, mkdirSync } from 'node:fs'
import packageJson from '../package.json' with { type: 'json' }
import { scriptEnvironment } from './agents/environment.ts'
import { createAgents } from './agents/index.ts'
import { systemDirectories } from './agents/lookup.ts'
import { resetNode } from './agents/stonith.ts'
import { Compat } from './compat/host.ts'
import { rebootNow } from './compat/reboot.ts'
import type { Config } from './config/types.ts'
import type { ControlReply } from './control/protocol.ts'
import { serveControl } from './control/server.ts'
import { Carriers } from './daemon/carriers.ts'
import { createClock } from './daemon/clock.ts'
import { Commands } from './daemon/commands.ts'
import { addressFacts } from './daemon/facts.ts'
import { GenerationFile } from './daemon/generation.ts'
import { removeHandover, takeHandover, writeHandover } from './daemon/handover-file.ts'
import { Loop } from './daemon/loop.ts'
import { Mailbox } from './daemon/mailbox.ts'
import { readMaintenance, writeMaintenance } from './daemon/maintenance-file.ts'
import { unserved } from './daemon/readiness.ts'
import { readAgain } from './daemon/reload.ts'
import { Service } from './daemon/service.ts'
import { unfitExecutable } from './daemon/upgrade.ts'
import { fileUuid, nodenameUuid } from './daemon/uuid.ts'
import { World } from './daemon/world.ts'
import { Engine } from './engine.ts'
import { obstacle } from './handover.ts'
import { createApp } from './http/app.ts'
import { type HttpServer, serve } from './http/server.ts'
import type { StatusSource } from './http/source.ts'
import { statusDocument } from './http/status.ts'
import { createCalendar } from './http/times.ts'
import type { Level, Snapshot } from './io.ts'
import { missingCapabilities } from './linux/capabilities.ts'
import { become } from './linux/exec.ts'
import { UnixSender } from './linux/notify.ts'
import { buryOrphans } from './linux/orphans.ts'
import { becomeRealtime, lockMemory } from './linux/realtime.ts'
import { Watchdog } from './linux/watchdog.ts'
import { createLogger, type Logger } from './log/logger.ts'
import { findOwner } from './log/owner.ts'
import { openStderr } from './log/stderr.ts'
import { collectGarbage } from './runtime/collect.ts'

/** How often the kernel is asked what changed on interfaces and who claims an address. */
const WATCH_MS = 250
const SUMMARIES_MS = 1000
const COLLECT_MS = 60_000
/** Time for the answer to an upgrade to leave. */
const REPLY_MS = 50
/** The loop turns at each keepalive; this much later something is wrong. */
const LIVE_MARGIN_MS = 3000

export interface DaemonOptions {
  readonly configDir: string
  readonly config: Config
  readonly node: string
  readonly stateDir: string
  /** Where heartbeat's pid file and client socket are. */
  readonly runDir: string
  readonly socketPath: string
}

/** Serves until it is told to stop; resolves with the exit code. Throws when something it cannot do without fails. */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const daemon = new Daemon(options)
  return daemon.run()
}

class Daemon {
  private config: Config
  private readonly logger: Logger
  private readonly clock = createClock()
  private readonly ended = Promise.withResolvers<number>()
  private debug: number
  private http: HttpServer | null = null
  private serveAgain = (): void => {}
  /** What was wrong with the last reload. */
  private refused: string | null = null

  constructor(private readonly options: DaemonOptions) {
    this.config = options.config
    this.debug = options.config.logging.debug
    this.logger = this.openLog()
  }

  private readonly log = (level: Level, text: string): void => {
    if (level !== 'debug' || this.debug > 0) this.logger.log(level, text)
  }

  private openLog(): Logger {
    const senders = new Map<string, UnixSender>()
    return createLogger({
      logging: this.config.logging,
      clock: () => this.reading(),
      foreground: true,
      stderr: openStderr(),
      sendDatagram: (path, bytes) => {
        const sender = senders.get(path) ?? new UnixSender(path)
        senders.set(path, sender)
        return sender.send(bytes) === null
      },
      owner: findOwner('hacluster'),
      node: this.options.node,
      pid: process.pid,
    })
  }

  private reading(): { ms: number; wallMs: number } {
    return { ms: performance.now(), wallMs: Date.now() }
  }

  private prepareHost(): void {
    for (const c of missingCapabilities()) this.log('WARN', `${c.name} is missing: it is needed ${c.use}`)
    if (!this.config.realtime) return this.log('info', 'realtime off: no realtime priority, memory not locked')
    for (const result of [becomeRealtime(this.config.rtprio), lockMemory()]) {
      this.log(result.done ? 'info' : 'WARN', result.text)
    }
  }

  async run(): Promise<number> {
    const { options, config, log, clock } = this
    log('info', `hb ${packageJson.version}: Configuration validated. Starting heartbeat 3.0.6 (compatible)`)
    const stateDirExisted = existsSync(options.stateDir)
    mkdirSync(options.stateDir, { recursive: true })
    const calendar = createCalendar()
    const commands = new Commands({
      feed: (input) => loop.feed(input),
      status: () => statusDocument(source, calendar(this.reading())),
      reload: () => {
        service.reloading()
        const reply = this.reload((next) => {
          carriers.change(next)
          loop.feed({ kind: 'config', config: next.cluster })
        })
        service.beaten()
        return reply
      },
      upgrade: async (path) => {
        const env = scriptEnvironment(this.config, process.env, node)
        const why = (await unfitExecutable(path, options.configDir, node, env)) ?? obstacle(engine)
        if (why !== null) return { ok: false, text: `nothing changed: ${why}` }
        log('info', `upgrade: this process becomes ${path}`)
        setTimeout(() => void becomeNext(path), REPLY_MS)
        return { ok: true, text: `becoming ${path}` }
      },
      image: randomSeed().toString(16),
    })
    const control = await serveControl(options.socketPath, (request) => commands.handle(request))
    const generation = new GenerationFile(options.stateDir, (text) => log('ERROR', text))
    const { node } = options
    const uuid = config.uuidfrom === 'nodename' ? nodenameUuid(node) : fileUuid(options.stateDir)
    const handover = takeHandover(options.stateDir, clock().ms, (text) => log('ERROR', text))
    const engine = new Engine({
      config: config.cluster,
      identity: { name: node, uuid },
      generation:
        handover?.generation ?? (config.hbgenmethod === 'time' ? clock().wallS : generation.begin(clock().wallS)),
      seed: randomSeed(),
      run: handover?.run ?? randomSeed().toString(16),
      ...(handover === null ? {} : { handover }),
      now: clock(),
      maintenance: readMaintenance(options.stateDir, (text) => log('ERROR', text)),
    })
    this.prepareHost()

    const mailbox = new Mailbox({
      keys: () => this.config.keys,
      feed: (input) => loop.feed(input),
      log,
      nowMs: () => performance.now(),
      logBadpack: config.logging.logBadpack,
      debug: () => this.debug,
    })
    const carriers = new Carriers(
      config,
      {
        onDatagram: (link, data, from) => mailbox.take(link, data, from),
        onState: (link, up, detail) => loop.feed({ kind: 'link', link, up, detail }),
      },
      {
        onReply: (name, payload, from) => mailbox.take(name, payload, from),
        onProblem: (name, detail) => log('WARN', `ping ${name}: ${detail === '' ? 'works again' : detail}`),
      },
    )
    const watchdog = Watchdog.open(config.watchdog, config.cluster.deadtimeMs, log)
    const agents = createAgents({
      scripts: {
        directories: systemDirectories(options.configDir),
        env: () => scriptEnvironment(this.config, process.env, node),
        onLine: (resource, line) => log('info', `${resource.text}: ${line}`),
      },
      addresses: config.addresses,
      leaseMs: () => this.leaseMs(),
      log,
    })
    const world = new World({
      keys: () => this.config.keys,
      innerAuth: config.msgfmt === 'classic',
      leaseMs: () => this.leaseMs(),
      carriers,
      agents,
      generation,
      feed: (input) => loop.feed(input),
      log,
      reply: (id, ok, text) => commands.reply(id, ok, text),
      notify: (script, message) => compat.notify(script, message),
      deliver: (message) => compat.deliver(message),
      env: () => scriptEnvironment(this.config, process.env, node),
      maintenance: (state) => writeMaintenance(options.stateDir, state, (text) => log('ERROR', text)),
      reboot: (cause) => this.reset(`stop_failure reboot: ${cause}`),
      fence: (other) =>
        resetNode(other, {
          device: this.config.stonith,
          env: scriptEnvironment(this.config, process.env, node),
          onLine: (line) => log('info', `stonith ${other}: ${line}`),
        }),
      beaten: () => {
        watchdog?.feed()
        service.beaten()
      },
      exit: (code) => this.ended.resolve(code),
    })
    const service = new Service({ snapshot: () => engine.snapshot(), log })
    const loop: Loop = new Loop({
      engine,
      now: clock,
      perform: (effect) => world.perform(effect),
      drain: () => carriers.drain(),
      broken: (error) =>
        this.broken(error, () => {
          const mine = engine.resources.groups.filter((g) => !engine.resources.maintenance.covers(g))
          agents.drop(mine.flatMap((g) => g.config.resources))
        }),
    })
    const source: StatusSource = {
      snapshot: () => this.withWarnings(engine.snapshot()),
      clock: () => this.reading(),
      addresses: () =>
        addressFacts({
          resources: () =>
            this.config.cluster.groups.flatMap((g) => g.resources.map((r) => ({ group: g.key, resource: r }))),
          snapshot: () => engine.snapshot(),
          announced: (resource) => world.announced.has(resource),
        }),
      version: packageJson.version,
      refusals: () => mailbox.refusals,
      healthy: () => this.health(engine, loop),
      lateness: () => engine.lateness,
    }
    const compat = new Compat({
      config: () => this.config,
      node,
      stateDir: options.stateDir,
      stateDirExisted,
      runDir: options.runDir,
      version: packageJson.version,
      active: () => engine.membership.state === 'active',
      snapshot: () => engine.snapshot(),
      env: () => scriptEnvironment(this.config, process.env, node),
      feed: (input) => loop.feed(input),
      ask: (command) => commands.ask(command),
      log,
      reboot: (why) => {
        agents.drop(this.config.cluster.groups.flatMap((g) => g.resources))
        this.reset(`failfast: ${why}`)
      },
    })
    const becomeNext = async (path: string) => {
      const given = engine.handOver(clock())
      if ('obstacle' in given) return log('ERROR', `upgrade given up: ${given.obstacle}`)
      for (const effect of given.effects) world.perform(effect)
      writeHandover(options.stateDir, given.handover, clock().ms)
      become(path, [path, ...process.argv.slice(2)], process.env)
      removeHandover(options.stateDir)
      log('ERROR', `upgrade: ${path} could not be executed; nothing changed`)
    }
    this.http = this.serveStatus(source)
    this.serveAgain = () => {
      this.http?.close()
      this.http = this.serveStatus(source)
    }
    const watch = setInterval(() => {
      const { conflicts, changes } = agents.poll()
      for (const c of conflicts) loop.feed({ kind: 'conflict', address: c.address, mac: c.mac })
      if (changes.length > 0) carriers.refresh()
    }, WATCH_MS)
    const summaries = setInterval(() => {
      mailbox.tick()
      buryOrphans()
      if (this.config.realtime) becomeRealtime(this.config.rtprio)
    }, SUMMARIES_MS)
    const collections = setInterval(collectGarbage, COLLECT_MS)
    this.onSignals(commands)
    loop.feed({ kind: 'start' })

    const code = await this.ended.promise
    service.ended()
    await compat.close()
    loop.end()
    clearInterval(watch)
    clearInterval(summaries)
    clearInterval(collections)
    this.http?.close()
    commands.end('hb has ended')
    await control.close()
    carriers.close()
    watchdog?.close()
    agents.close()
    this.logger.close()
    return code
  }

  private withWarnings(snapshot: Snapshot): Snapshot {
    return this.refused === null ? snapshot : { ...snapshot, warnings: [...snapshot.warnings, this.refused] }
  }

  private reset(why: string): void {
    this.log('CRIT', `${why}: this machine is restarted`)
    rebootNow()
    this.log('CRIT', 'this machine cannot be restarted: that needs CAP_SYS_BOOT')
  }

  private leaseMs(): number | null {
    return this.config.addresses.lease ? this.config.cluster.deadtimeMs : null
  }

  private serveStatus(source: StatusSource): HttpServer | null {
    if (this.config.http === null) return null
    return serve(createApp(source), { ...this.config.http, report: this.log })
  }

  private health(engine: Engine, loop: Loop): { live: boolean; ready: boolean; why: string } {
    const silentMs = performance.now() - loop.turnedMs
    const live = silentMs < this.config.cluster.keepaliveMs + LIVE_MARGIN_MS
    const { phase, stable, warnings, groups } = engine.snapshot()
    if (!live)
      return { live, ready: false, why: `the decision loop has not turned for ${(silentMs / 1000).toFixed(1)} s` }
    if (phase !== 'active') return { live, ready: false, why: `this node is ${phase}` }
    if (!stable) return { live, ready: false, why: warnings[0] ?? 'groups are being moved' }
    const why = unserved(groups)
    return { live, ready: why === null, why: why ?? '' }
  }

  private reload(apply: (config: Config) => void): ControlReply {
    const next = readAgain(this.options.configDir, this.options.node, this.config)
    if ('refused' in next) {
      for (const line of next.refused) this.log('ERROR', `reload: ${line}`)
      const [first, ...errors] = next.refused
      const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
      this.refused = `the last reload was refused, the earlier configuration is in force: ${errors[0] ?? first}${more}`
      return { ok: false, text: next.refused.join('\n') }
    }
    this.refused = null
    const moved = JSON.stringify(next.config.http) !== JSON.stringify(this.config.http)
    this.config = next.config
    if (moved) this.serveAgain()
    apply(next.config)
    this.logger.reopen()
    const text = ['the configuration is in force', ...next.notes].join('; ')
    this.log('info', `reload: ${text}`)
    return { ok: true, text }
  }

  private onSignals(commands: Commands): void {
    const stop = () => void commands.ask({ verb: 'stop' })
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
    process.on('SIGHUP', () => void commands.handle({ verb: 'reload' }))
    process.on('SIGUSR1', () => this.setDebug(this.debug + 1))
    process.on('SIGUSR2', () => this.setDebug(this.debug - 1))
  }

  private setDebug(level: number): void {
    this.debug = Math.min(255, Math.max(0, level))
    this.logger.log('info', `debug level ${this.debug}`)
  }

  /** A defect in the core: the safe end of a daemon that may hold an address is to let go of it. */
  private broken(error: unknown, letGo: () => unknown): void {
    this.logger.log('CRIT', `defect: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
    try {
      letGo()
    } finally {
      this.ended.resolve(1)
    }
  }
}

const randomSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!
