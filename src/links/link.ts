import { familyOf } from './address.ts'
import { type Interface, lookUpInterface } from './interfaces.ts'
import { type ReceiveMode, type Receiver, receive } from './receiver.ts'
import { createResolver, type Lookup, type Resolver } from './resolver.ts'
import { type DatagramMedium, Sender } from './sender.ts'
import { openReceiver, type ReceiverSpec, SocketError } from './socket.ts'
import { Solicitor } from './solicitor.ts'
import { concernsLink, describe } from './trouble.ts'

export interface LinkCounters {
  /** Datagrams the kernel took, one for each medium. */
  sent: number
  /** Datagrams the kernel refused. */
  sendErrors: number
  /** Datagrams not tried because the medium had no socket. */
  skipped: number
  received: number
  /** Times the sockets were made anew because the interface had changed. */
  reopened: number
}

export interface LinkOptions {
  readonly mode: ReceiveMode
  readonly lookup?: Lookup | undefined
  onDatagram(link: string, data: Uint8Array, source: string): void
  /** Something about the state may be different now. */
  onChange(): void
}

/** All media of one device, which share its name, its state, and one receiving socket for each port and group. */
export class Link {
  readonly name: string
  readonly counters: LinkCounters = { sent: 0, sendErrors: 0, skipped: 0, received: 0, reopened: 0 }
  readonly #options: LinkOptions
  readonly #senders: readonly Sender[]
  readonly #resolvers: readonly Resolver[]
  readonly #receivers = new Map<string, Receiver>()
  readonly #receiverProblems = new Map<string, string>()
  #device: Interface | null = null
  #solicitor: Solicitor | null = null
  #peers = ''

  constructor(name: string, media: readonly DatagramMedium[], options: LinkOptions) {
    this.name = name
    this.#options = options
    const resolvers: Resolver[] = []
    this.#senders = media.map((medium) => {
      if (medium.kind !== 'ucast' && medium.kind !== 'ucast6') return new Sender(medium, null)
      const family = medium.kind === 'ucast' ? 4 : 6
      const resolver = createResolver(medium.peer, family, () => this.refresh(), { lookup: options.lookup })
      resolvers.push(resolver)
      return new Sender(medium, resolver)
    })
    this.#resolvers = resolvers
    this.#meetPeers()
  }

  /** Names that are found later have their turn then. */
  #meetPeers(): void {
    const peers = this.#resolvers.flatMap((r) => (r.address !== null && familyOf(r.address) === 4 ? [r.address] : []))
    if (peers.join() === this.#peers) return
    this.#peers = peers.join()
    this.#solicitor?.close()
    this.#solicitor = new Solicitor(this.name, peers)
  }

  /** Whether datagrams can leave and come in on at least one of the media. */
  get up(): boolean {
    return this.#deviceProblem() === '' && this.#senders.some((sender) => this.#problemOf(sender) === '')
  }

  /** What does not work, in words; '' when everything does. */
  get detail(): string {
    const device = this.#deviceProblem()
    if (device !== '') return device
    return [...new Set(this.#senders.map((sender) => this.#problemOf(sender)))].filter((p) => p !== '').join('; ')
  }

  /** Looks at the interface again and opens whatever is not open; everything anew if it is another interface now. */
  refresh(): void {
    const before = this.#device
    const now = lookUpInterface(this.name)
    this.#meetPeers()
    if (before !== null && (now?.index !== before.index || now.broadcast !== before.broadcast)) {
      this.#closeSockets()
      this.counters.reopened++
    }
    this.#device = now
    if (now !== null) {
      for (const sender of this.#senders) {
        this.#openReceiver(sender.medium, now)
        sender.open(now)
      }
    }
    this.#options.onChange()
  }

  /** Hands the datagram to every medium; an error that concerns the link makes it look at its interface at once. */
  send(datagram: Uint8Array): void {
    let well = true
    this.#solicitor?.sent()
    for (const sender of this.#senders) {
      const before = sender.problem
      const result = sender.send(datagram)
      if (result === 'sent') this.counters.sent++
      else if (result === 'skipped') this.counters.skipped++
      else {
        this.counters.sendErrors++
        if (concernsLink(result)) well = false
      }
      if (sender.problem !== before) this.#options.onChange()
    }
    if (!well) this.refresh()
  }

  /** Delivers what is queued now; the number of datagrams. */
  drain(): number {
    let count = 0
    for (const receiver of [...this.#receivers.values()]) count += receiver.drain()
    return count
  }

  close(): void {
    for (const resolver of this.#resolvers) resolver.close()
    this.#solicitor?.close()
    this.#closeSockets()
    this.#device = null
  }

  #deviceProblem(): string {
    if (this.#device === null) return `interface ${this.name} does not exist`
    if (!this.#device.up) return `interface ${this.name} is down`
    return this.#device.running ? '' : `interface ${this.name} has no carrier`
  }

  #problemOf(sender: Sender): string {
    return sender.problem || (this.#receiverProblems.get(receiverKey(sender.medium)) ?? '')
  }

  #openReceiver(medium: DatagramMedium, device: Interface): void {
    const key = receiverKey(medium)
    if (this.#receivers.has(key)) return
    try {
      const spec = receiverSpec(medium, device)
      const receiver = receive(openReceiver(spec), spec.family, this.#options.mode, {
        onDatagram: (data, source) => {
          this.counters.received++
          this.#solicitor?.heard(source)
          this.#options.onDatagram(this.name, data, source)
        },
        onError: (code) => {
          if (this.#receivers.get(key) === receiver) this.#receivers.delete(key)
          this.#receiverProblems.set(key, `${medium.kind}: cannot receive: ${describe(code)}`)
          this.#options.onChange()
        },
      })
      this.#receivers.set(key, receiver)
      this.#receiverProblems.delete(key)
    } catch (error) {
      const why = error instanceof SocketError ? `${error.call}: ${describe(error.code)}` : String(error)
      this.#receiverProblems.set(key, `${medium.kind}: cannot listen on port ${medium.port}: ${why}`)
    }
  }

  #closeSockets(): void {
    for (const receiver of this.#receivers.values()) receiver.close()
    for (const sender of this.#senders) sender.close()
    this.#receivers.clear()
    this.#receiverProblems.clear()
  }
}

function receiverSpec(medium: DatagramMedium, device: Interface): ReceiverSpec {
  const group = medium.kind === 'mcast' || medium.kind === 'mcast6' ? medium.group : null
  const family = medium.kind === 'ucast6' || medium.kind === 'mcast6' ? 6 : 4
  return { family, device: medium.device, index: device.index, port: medium.port, group }
}

function receiverKey(medium: DatagramMedium): string {
  const group =
    medium.kind === 'mcast' || medium.kind === 'mcast6' ? medium.group : medium.kind.endsWith('6') ? '::' : '*'
  return `${group} ${medium.port}`
}
