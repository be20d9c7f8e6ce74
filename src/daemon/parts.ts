/** The parts of the daemon, each told where the others are. What they do together is in daemon.ts. */
import { createAgents } from '../agents/index.ts'
import { systemDirectories } from '../agents/lookup.ts'
import { resetNode } from '../agents/stonith.ts'
import { resumeStreams } from '../agents/streams.ts'
import { Compat } from '../compat/host.ts'
import type { Level } from '../io.ts'
import { Carriers } from './carriers.ts'
import { createClock } from './clock.ts'
import type { Commands } from './commands.ts'
import { createCore } from './core.ts'
import { Endpoint } from './endpoint.ts'
import { GenerationFile } from './generation.ts'
import { takeHandover } from './handover-file.ts'
import { Host } from './host.ts'
import type { InForce } from './in-force.ts'
import type { DaemonLog } from './log.ts'
import { Loop } from './loop.ts'
import { Mailbox } from './mailbox.ts'
import { writeMaintenance } from './maintenance-file.ts'
import type { DaemonOptions } from './options.ts'
import { Service } from './service.ts'
import { statusSource } from './status-source.ts'
import { World } from './world.ts'

export interface PartsOptions extends DaemonOptions {
  readonly inForce: InForce
  readonly daemonLog: DaemonLog
  readonly commands: Commands
  readonly stateDirExisted: boolean
  readonly version: string
  /** What only the shell knows to warn of, null for nothing. */
  readonly warning: () => string | null
  readonly exit: (code: number) => void
  /** The core has a defect. */
  readonly broken: (error: unknown) => void
  /** This machine must not go on. */
  readonly reset: (why: string) => void
}

export type Parts = ReturnType<typeof assemble>

/** Opens everything; throws when something hb cannot do without fails. */
export function assemble(options: PartsOptions) {
  const { inForce, daemonLog, stateDir, node } = options
  const { log } = daemonLog
  const problem = (text: string) => log('ERROR', text)
  const now = createClock()
  const generation = new GenerationFile(stateDir, problem)
  const left = takeHandover(stateDir, now().ms, problem)
  const engine = createCore({ inForce, stateDir, now: now(), generation, left, problem })
  resumeStreams(left?.shell.streams ?? [])
  const host = new Host(log, left?.shell.watchdog ?? null)
  host.use(inForce.config)
  const mailbox = new Mailbox({
    keys: inForce.keys,
    feed: (input) => loop.feed(input),
    log,
    nowMs: () => performance.now(),
    logBadpack: daemonLog.badpack,
    debug: daemonLog.debug,
  })
  const carriers = createCarriers(
    inForce,
    mailbox,
    (link, up, detail) => loop.feed({ kind: 'link', link, up, detail }),
    log,
  )
  const agents = createAgents({
    scripts: {
      directories: systemDirectories(options.configDir),
      env: inForce.env,
      onLine: (resource, line) => log('info', `${resource.text}: ${line}`),
    },
    addresses: () => inForce.config.addresses,
    leaseMs: inForce.leaseMs,
    log,
  })
  const service = new Service({ snapshot: () => engine.snapshot(), log })
  const world = new World({
    keys: inForce.keys,
    innerAuth: () => inForce.config.msgfmt === 'classic',
    leaseMs: inForce.leaseMs,
    carriers,
    agents,
    generation,
    feed: (input) => loop.feed(input),
    log,
    reply: (id, ok, text) => options.commands.reply(id, ok, text),
    notify: (script, message) => compat.notify(script, message),
    deliver: (message) => compat.deliver(message),
    env: inForce.env,
    maintenance: (state) => writeMaintenance(stateDir, state, problem),
    reboot: (cause) => options.reset(`stop_failure reboot: ${cause}`),
    fence: (other) =>
      resetNode(other, { ...fencingOf(inForce), onLine: (line) => log('info', `stonith ${other}: ${line}`) }),
    beaten: () => {
      host.watchdog.feed()
      service.beaten()
    },
    exit: options.exit,
  })
  const loop: Loop = new Loop({
    engine,
    now,
    perform: (effect) => world.perform(effect),
    drain: () => carriers.drain(),
    broken: options.broken,
  })
  const compat = new Compat({
    config: () => inForce.config,
    node,
    stateDir,
    stateDirExisted: options.stateDirExisted,
    runDir: options.runDir,
    version: options.version,
    active: () => engine.membership.state === 'active',
    snapshot: () => engine.snapshot(),
    env: inForce.env,
    feed: (input) => loop.feed(input),
    ask: (command) => options.commands.ask(command),
    log,
    reboot: (why) => {
      agents.drop(inForce.config.cluster.groups.flatMap((g) => g.resources))
      options.reset(`failfast: ${why}`)
    },
    earlier: left?.shell.compat ?? null,
  })
  const { version, warning } = options
  const source = statusSource({ inForce, engine, loop, mailbox, world, version, warning })
  const endpoint = new Endpoint(source, log)
  return { log, now, engine, loop, world, mailbox, carriers, agents, host, service, compat, source, endpoint, left }
}

function createCarriers(
  { config }: InForce,
  mailbox: Mailbox,
  onState: (link: string, up: boolean, detail: string) => void,
  log: (level: Level, text: string) => void,
): Carriers {
  const take = (link: string, data: Uint8Array, from: string) => mailbox.take(link, data, from)
  const onProblem = (name: string, detail: string) =>
    log('WARN', `ping ${name}: ${detail === '' ? 'works again' : detail}`)
  return new Carriers(config, { onDatagram: take, onState }, { onReply: take, onProblem })
}

const fencingOf = ({ config, env }: InForce) => ({ device: config.stonith, env: env() })
