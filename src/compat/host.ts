/** All that makes hb a heartbeat to the programs and scripts of its host, joined to the daemon in one place. */
import { join } from 'node:path'
import type { Config } from '../config/types.ts'
import type { ControlReply } from '../control/protocol.ts'
import type { Command, Input, Level, Snapshot } from '../io.ts'
import { get, type Message } from '../wire/message.ts'
import { systemAccounts } from './accounts.ts'
import type { ClientState } from './client.ts'
import type { OpenFifo } from './fifo.ts'
import { FifoDoor } from './fifo-door.ts'
import { isIpfail } from './ipfail-client.ts'
import { IpfailSeat } from './ipfail-seat.ts'
import { Notifier } from './notifier.ts'
import { NODE_CHANGES, type Outgoing } from './outgoing.ts'
import { removePidFile, writePidFile } from './pidfile.ts'
import { openRegister, type Register } from './register.ts'
import { type ProgramState, Respawn } from './respawn.ts'
import { Switchboard } from './switchboard.ts'

const TICK_MS = 250

/** All of it that outlives an exchange of hb's own executable. */
export interface CompatState {
  readonly programs: readonly ProgramState[]
  readonly clients: readonly ClientState[]
  /** The number of the next sign-on, and of the built-in ipfail's. */
  readonly generation: number
  readonly ipfail: number | null
  readonly fifo: OpenFifo | null
}

export interface CompatOptions {
  readonly config: () => Config
  readonly node: string
  readonly stateDir: string
  /** The state directory was there before this start. */
  readonly stateDirExisted: boolean
  /** Where heartbeat.pid and heartbeat/register are: /run. */
  readonly runDir: string
  readonly version: string
  readonly active: () => boolean
  readonly snapshot: () => Snapshot
  readonly env: () => Readonly<Record<string, string>>
  readonly feed: (input: Input) => void
  readonly ask: (command: Command) => Promise<ControlReply>
  readonly log: (level: Level, text: string) => void
  readonly reboot: (why: string) => void
  /** What the program before this one has left. */
  readonly earlier: CompatState | null
}

export class Compat {
  private readonly accounts = systemAccounts()
  private readonly board: Switchboard
  private readonly notifier: Notifier
  private readonly respawn: Respawn
  private readonly ipfail: IpfailSeat
  private readonly fifo: FifoDoor
  private readonly pidFile: string
  private readonly timer: ReturnType<typeof setInterval>
  private register: Promise<Register | null> | null = null
  private closed = false

  constructor(private readonly options: CompatOptions) {
    const { log, runDir, config, env, snapshot, node, earlier, feed } = options
    const send = (message: Message) => feed({ kind: 'client-message', message })
    const standIn = new Set<string>()
    this.board = new Switchboard(
      {
        view: () => ({ snapshot: snapshot(), config: config(), version: `3.0.6 (hb ${options.version})` }),
        accounts: this.accounts,
        send,
        carryOut: (outgoing, from) => this.carryOut(outgoing, `client ${from}`),
        builtIn: standIn,
        log,
      },
      earlier?.generation,
    )
    this.ipfail = new IpfailSeat({
      ...{ node, snapshot, send, log, builtIn: standIn, board: this.board },
      standby: (set) => this.carryOut({ kind: 'standby', set }, 'ipfail'),
    })
    this.ipfail.use(config())
    const localState = () => snapshot().nodes.find((n) => n.local)?.state ?? 'up'
    this.notifier = new Notifier({ configDir: config().dir, env, localState, log })
    const { reboot } = options
    this.respawn = new Respawn({ env, accounts: this.accounts, log, reboot }, earlier?.programs)
    this.pidFile = join(runDir, 'heartbeat.pid')
    const problem = writePidFile(this.pidFile, process.pid)
    if (problem !== null) log('info', `no pid file: ${problem}`)
    this.fifo = new FifoDoor(options, (outgoing) => this.carryOut(outgoing, 'the FIFO'), earlier?.fifo ?? null)
    this.fifo.use(config().fifo)
    this.timer = setInterval(() => this.tick(), TICK_MS)
  }

  /** What clients of this host may hear. Never throws: whatever a message is like, the cluster goes on. */
  deliver(message: Message): void {
    try {
      this.pass(message)
    } catch (error) {
      this.options.log(
        'WARN',
        `a message was not passed on to clients: ${error instanceof Error ? error.message : error}`,
      )
    }
  }

  private pass(message: Message): void {
    const type = get(message, 't') ?? ''
    const from = get(message, 'src')
    if (NODE_CHANGES.has(type)) {
      this.options.log(
        'WARN',
        `${type} of ${from}: hb takes its nodes from ha.cf: change it on each node, then hb reload`,
      )
    }
    if (type === 'query-cstatus') return this.board.tellOther(message)
    if (this.register === null) return
    this.ipfail.hear(message)
    this.board.deliver(message)
  }

  /** The site's script of that name, if there is one. */
  notify(script: string, message: Message): void {
    try {
      this.notifier.notify(script, message)
    } catch (error) {
      this.options.log('ERROR', `rc.d/${script}: ${error instanceof Error ? error.message : error}`)
    }
  }

  /** The configuration has changed: programs, FIFO, ipfail and the clients' rights as it says now. */
  reconfigured(): string[] {
    const config = this.options.config()
    this.fifo.use(config.fifo)
    this.ipfail.use(config)
    this.board.review()
    if (this.register !== null) this.respawn.use(programsOf(config))
    return this.respawn.commands
  }

  /** Why another program cannot take this one's place at this moment, or null. */
  busy(): string | null {
    if (this.register === null) return 'this program has only just begun'
    if (this.notifier.busy) return 'a script of rc.d is running'
    if (this.respawn.ending) return 'a program of a respawn line that was removed has not ended yet'
    return this.ipfail.pending ? 'ipfail is comparing the ping nodes' : null
  }

  /** For the program that takes this one's place. */
  handOver(): CompatState {
    const programs = this.respawn.handOver()
    return { programs, ...this.board.handOver(), ipfail: this.ipfail.generation, fifo: this.fifo.handOver() }
  }

  /** Programs first, the last started one first; then everything that they or scripts could use. */
  async close(): Promise<void> {
    this.closed = true
    clearInterval(this.timer)
    await this.respawn.stop()
    this.notifier.close()
    this.fifo.close()
    ;(await this.register)?.close()
    removePidFile(this.pidFile, process.pid)
  }

  private tick(): void {
    if (this.register !== null) return this.ipfail.tick()
    if (this.closed || !this.options.active()) return
    const { config, log, runDir, earlier } = this.options
    this.register = openRegister(join(runDir, 'heartbeat/register'), this.board, this.accounts).catch((error) => {
      log('WARN', `no API socket for heartbeat's clients: ${error instanceof Error ? error.message : error}`)
      return null
    })
    this.board.resume(earlier?.clients ?? [])
    this.ipfail.signOn(earlier?.ipfail ?? null)
    void this.register.then(() => this.closed || this.respawn.use(programsOf(config())))
  }

  /** What comes out of the FIFO or from clients. */
  private carryOut(outgoing: Outgoing, from: string): void {
    const { log, feed, ask } = this.options
    if (outgoing.kind === 'refused') return log('WARN', `a message of ${from} was not sent: ${outgoing.why}`)
    if (outgoing.kind === 'cluster') return feed({ kind: 'client-message', message: outgoing.message })
    const { kind, set } = outgoing
    log('info', `${kind} ${set} asked for by ${from}`)
    void ask({ verb: kind, set }).then(({ ok, text }) =>
      log(ok ? 'info' : 'WARN', `${kind} ${set} asked for by ${from}: ${text}`),
    )
  }
}

const programsOf = ({ clients }: Config) => clients.filter((c) => !isIpfail(c.command))
