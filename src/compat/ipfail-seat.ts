/** The built-in ipfail's place among the clients: taken while the configuration has a line for it. */
import type { Config } from '../config/types.ts'
import type { Level, StandbySet } from '../io.ts'
import { IPFAIL } from '../ipfail/ipfail.ts'
import type { Message } from '../wire/message.ts'
import { IpfailClient, type IpfailClientOptions, ipfailRefusal, ipfailWish } from './ipfail-client.ts'
import type { Switchboard } from './switchboard.ts'

export interface IpfailSeatOptions extends Pick<IpfailClientOptions, 'node' | 'snapshot' | 'send'> {
  readonly standby: (set: StandbySet) => void
  readonly log: (level: Level, text: string) => void
  /** Names of clients that are part of hb. */
  readonly builtIn: Set<string>
  readonly board: Pick<Switchboard, 'nextGeneration' | 'announce'>
}

export class IpfailSeat {
  private client: IpfailClient | null = null
  private by = ''
  private open = false

  constructor(private readonly options: IpfailSeatOptions) {}

  get pending(): boolean {
    return this.client?.pending === true
  }

  /** The number of its sign-on; null while it is not there. */
  get generation(): number | null {
    return this.open ? (this.client?.generation ?? null) : null
  }

  /** Takes in a configuration; what ipfail does not go by changes nothing here. */
  use(config: Config): void {
    const wish = ipfailWish(config)
    const by = wish?.by ?? ''
    if (by === this.by) return
    this.by = by
    const refusal = wish === null ? 'no line' : ipfailRefusal(config)
    if (wish !== null) this.tell(wish.line, refusal)
    const before = this.client
    this.client = refusal === null ? this.make(config) : null
    if (this.client === null) this.options.builtIn.delete(IPFAIL)
    else this.options.builtIn.add(IPFAIL)
    if (!this.open) return
    if (this.client === null && before !== null) this.announce(before.generation, 'leave')
    else if (this.client !== null) this.signOn(before?.generation ?? null)
  }

  /** The clients may come from now on. generation: it is signed on already, under this number. */
  signOn(generation: number | null): void {
    this.open = true
    if (this.client === null) return
    this.client.generation = generation ?? this.options.board.nextGeneration()
    if (generation === null) this.announce(this.client.generation, 'join')
  }

  hear(message: Message): void {
    this.client?.hear(message)
  }

  tick(): void {
    this.client?.tick()
  }

  private announce(generation: number, st: 'join' | 'leave'): void {
    this.options.board.announce(IPFAIL, generation, st, st === 'join' ? 'signon' : 'signoff')
  }

  private tell(line: string, refusal: string | null): void {
    if (refusal === null) return this.options.log('info', `ipfail is built in: ${line} is not started`)
    this.options.log('WARN', `${line} is not started, and the ipfail built into hb neither: ${refusal}`)
  }

  private make(config: Config): IpfailClient {
    const { node, snapshot, send, standby, log } = this.options
    return new IpfailClient({
      ...{ config, node, snapshot, send },
      standby: (set, why) => {
        log('WARN', `ipfail: ${why}: giving up ${set}`)
        standby(set)
      },
    })
  }
}
