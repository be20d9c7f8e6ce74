/** All that makes hb a heartbeat to the programs and scripts of its host, joined to the daemon in one place. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/types.ts'
import type { ControlReply } from '../control/protocol.ts'
import type { Command, Input, Level, Snapshot } from '../io.ts'
import { IPFAIL } from '../ipfail/ipfail.ts'
import { get, type Message } from '../wire/message.ts'
import { systemAccounts } from './accounts.ts'
import { type Fifo, openFifo } from './fifo.ts'
import type { FifoFind } from './fifo-text.ts'
import { IpfailClient, ipfailRefusal, isIpfail } from './ipfail-client.ts'
import { Notifier } from './notifier.ts'
import { NODE_CHANGES, type Outgoing, route } from './outgoing.ts'
import { removePidFile, writePidFile } from './pidfile.ts'
import { openRegister, type Register } from './register.ts'
import { Respawn } from './respawn.ts'
import { Switchboard } from './switchboard.ts'

const TICK_MS = 250

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
}

export class Compat {
  private readonly accounts = systemAccounts()
  private readonly board: Switchboard
  private readonly notifier: Notifier
  private readonly respawn: Respawn
  private readonly ipfail: IpfailClient | null
  private readonly pidFile: string
  private readonly timer: ReturnType<typeof setInterval>
  private fifo: Fifo | null = null
  private register: Promise<Register | null> | null = null
  private closed = false

  constructor(private readonly options: CompatOptions) {
    const { log, runDir, config, env } = options
    this.ipfail = this.wantIpfail() ? this.makeIpfail() : null
    this.board = new Switchboard({
      view: () => ({ snapshot: options.snapshot(), config: config(), version: `3.0.6 (hb ${options.version})` }),
      accounts: this.accounts,
      send: (message) => options.feed({ kind: 'client-message', message }),
      carryOut: (outgoing, from) => this.carryOut(outgoing, `client ${from}`),
      builtIn: new Set(this.ipfail === null ? [] : [IPFAIL]),
      log,
    })
    const localState = () => options.snapshot().nodes.find((n) => n.local)?.state ?? 'up'
    this.notifier = new Notifier({ configDir: config().dir, env, localState, log })
    this.respawn = new Respawn({ env, accounts: this.accounts, log, reboot: options.reboot })
    this.pidFile = join(runDir, 'heartbeat.pid')
    const problem = writePidFile(this.pidFile, process.pid)
    if (problem !== null) log('info', `no pid file: ${problem}`)
    this.serveFifo()
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
      this.options.log('WARN', `${type} of ${from}: hb takes its nodes from ha.cf: change it on each node and restart`)
    }
    if (type === 'query-cstatus') return this.board.tellOther(message)
    if (this.register === null) return
    this.ipfail?.hear(message)
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

  /** Programs first, the last started one first; then everything that they or scripts could use. */
  async close(): Promise<void> {
    this.closed = true
    clearInterval(this.timer)
    await this.respawn.stop()
    this.notifier.close()
    this.fifo?.close()
    ;(await this.register)?.close()
    removePidFile(this.pidFile, process.pid)
  }

  private tick(): void {
    if (this.register !== null) return this.ipfail?.tick()
    if (this.closed || !this.options.active()) return
    const { config, log, runDir } = this.options
    this.register = openRegister(join(runDir, 'heartbeat/register'), this.board, this.accounts).catch((error) => {
      log('WARN', `no API socket for heartbeat's clients: ${error instanceof Error ? error.message : error}`)
      return null
    })
    this.signOnIpfail()
    void this.register.then(
      () => this.closed || this.respawn.start(config().clients.filter((c) => !isIpfail(c.command))),
    )
  }

  // --- ipfail ----------------------------------------------------------------------------------------------------------

  private wantIpfail(): boolean {
    const { log, config } = this.options
    const line = config().clients.find((c) => isIpfail(c.command))
    if (line === undefined) return false
    const refusal = ipfailRefusal(config())
    if (refusal === null) log('info', `ipfail is built in: ${line.command} is not started`)
    else log('WARN', `${line.command} is not started, and the ipfail built into hb neither: ${refusal}`)
    return refusal === null
  }

  private makeIpfail(): IpfailClient {
    const { config, node, snapshot, feed } = this.options
    return new IpfailClient({
      config: config(),
      node,
      snapshot,
      send: (message) => feed({ kind: 'client-message', message }),
      standby: (set, why) => {
        this.options.log('WARN', `ipfail: ${why}: giving up ${set}`)
        this.carryOut({ kind: 'standby', set }, 'ipfail')
      },
    })
  }

  private signOnIpfail(): void {
    if (this.ipfail === null) return
    const generation = this.board.nextGeneration()
    this.ipfail.signedOn(generation)
    this.board.announce(IPFAIL, generation, 'join', 'signon')
  }

  // --- the FIFO, and what comes out of it or from clients --------------------------------------------------------------

  private serveFifo(): void {
    const { config, stateDir, stateDirExisted, log } = this.options
    const wanted = config().fifo ?? 'auto'
    if (wanted === 'off' || (wanted === 'auto' && !stateDirExisted) || !existsSync(stateDir)) return
    try {
      this.fifo = openFifo(join(stateDir, 'fifo'), (find) => this.takeFromFifo(find))
    } catch (error) {
      log('WARN', `no FIFO for scripts: ${error instanceof Error ? error.message : error}`)
    }
  }

  private takeFromFifo(find: FifoFind): void {
    if ('problem' in find) return this.options.log('WARN', `a message in the FIFO was not taken: ${find.problem}`)
    this.carryOut(route(find.message, null), 'the FIFO')
  }

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
