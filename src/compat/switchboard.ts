/** The clients of this host: who is signed on, what each of them hears, and what becomes of what they ask and say. */
import { connect } from 'node:net'
import type { Level } from '../io.ts'
import { adoptDescriptor } from '../linux/descriptors.ts'
import { get, getHex, type Message, text } from '../wire/message.ts'
import { type AdmissionRules, admit, mayStay } from './admission.ts'
import { answer, refusal, remoteNode, signonAnswer, wantedSignal } from './answers.ts'
import { Client, type ClientEvents, type ClientState } from './client.ts'
import { frame } from './frames.ts'
import { type Outgoing, route } from './outgoing.ts'
import type { View } from './view.ts'

const CLIENTS_MAX = 100

export interface SwitchboardOptions {
  readonly view: () => View
  readonly accounts: AdmissionRules['accounts']
  /** A message of this host's to the cluster. */
  readonly send: (message: Message) => void
  /** What a named client wants to be done. */
  readonly carryOut: (outgoing: Outgoing, from: string) => void
  /** Clients that are part of hb itself, by name. */
  readonly builtIn: ReadonlySet<string>
  readonly log: (level: Level, text: string) => void
}

export class Switchboard implements ClientEvents {
  private readonly clients = new Set<Client>()
  private generation: number

  /** generation: where an earlier program of this process was with its sign-ons. */
  constructor(
    private readonly options: SwitchboardOptions,
    generation = 0,
  ) {
    this.generation = generation
  }

  /** Takes a new connection in; false when there are too many. */
  admitConnection(make: (events: ClientEvents) => Client): boolean {
    if (this.clients.size >= CLIENTS_MAX) return false
    this.clients.add(make(this))
    return true
  }

  /** apiauth may have changed: whoever it no longer lets in is told to go. */
  review(): void {
    const { accounts, view } = this.options
    const { apiauth } = view().config
    for (const client of [...this.clients]) {
      if (client.name === '' || mayStay(client, client.credentials, { apiauth, accounts })) continue
      this.broken(client, 'apiauth does not let it in any more')
    }
  }

  /** Takes in the connections of an earlier program of this process. */
  resume(states: readonly ClientState[]): void {
    for (const state of states) {
      if (!adoptDescriptor(state.fd)) continue
      const client = new Client(connect({ fd: state.fd } as never), state.credentials, this)
      this.clients.add(client)
      client.resume(state)
    }
  }

  /** For the program that takes this one's place. A client that cannot be left to it is told to go. */
  handOver(): { readonly generation: number; readonly clients: readonly ClientState[] } {
    const clients = [...this.clients].flatMap((client) => {
      const state = client.handOver()
      if (state === null) client.end()
      return state ?? []
    })
    return { generation: this.generation, clients }
  }

  online(name: string): boolean {
    return this.options.builtIn.has(name) || [...this.clients].some((c) => c.name === name)
  }

  /** The next number of a sign-on. */
  nextGeneration(): number {
    return this.generation++
  }

  /** What the cluster says: to the client it names, or to all that want to hear. */
  deliver(message: Message): void {
    const to = get(message, 'to_id')
    const hearers = [...this.clients].filter((c) => c.name !== '' && c.wants(1) && (to === undefined || to === c.name))
    if (hearers.length === 0) return
    const bytes = frame(message)
    for (const client of hearers) client.sendFrame(bytes)
  }

  /** Answers a node that asks whether a client runs here. */
  tellOther(query: Message): void {
    const [node, name, asker] = ['src', 'cn', 'from_id'].map((field) => get(query, field))
    if (node === undefined || name === undefined || asker === undefined) return
    const online = this.online(name)
    this.options.send({
      fields: [
        text('t', 'respond-cstatus'),
        text('dest', node),
        text('result', 'OK'),
        text('cn', name),
        text('to_id', asker),
        text('cs', online ? 'online' : 'offline'),
      ],
    })
  }

  /** Tells the clients of that name on every node that one has come or gone. */
  announce(name: string, generation: number, st: 'join' | 'leave', info: string): void {
    this.options.send({
      fields: [
        text('t', 'hbapi-clstat'),
        text('st', st),
        text('from_id', name),
        text('to_id', name),
        text('info', info),
        text('client_gen', String(generation)),
      ],
    })
  }

  closeAll(): void {
    for (const client of [...this.clients]) client.end()
  }

  // --- what clients do -------------------------------------------------------------------------------------------------

  message(client: Client, message: Message): void {
    const type = get(message, 't')
    const reqtype = get(message, 'reqtype') ?? ''
    if (client.name === '') {
      if (type === 'hbapi-req' && reqtype === 'signon') this.signOn(client, message)
      else this.broken(client, 'it did not sign on first')
      return
    }
    if (type === 'hbapi-req') return this.request(client, reqtype, message)
    if (client.casual) return this.complain(client, `may not send ${type}: only named clients may`)
    const outgoing = route(message, client)
    if (outgoing.kind === 'refused') this.complain(client, `${type}: ${outgoing.why}`)
    else this.options.carryOut(outgoing, client.name)
  }

  private signOn(client: Client, message: Message): void {
    const view = this.options.view()
    const { accounts } = this.options
    const verdict = admit(message, client.credentials, {
      apiauth: view.config.apiauth,
      accounts,
      taken: (name) => this.online(name),
    })
    if ('denied' in verdict) {
      this.complain(client, `sign-on refused: ${verdict.denied}`)
      client.send(signonAnswer(view, verdict.denied))
      return client.end()
    }
    client.generation = this.nextGeneration()
    client.name = verdict.name
    client.casual = verdict.casual
    if (!client.casual) this.announce(client.name, client.generation, 'join', 'signon')
    client.send(signonAnswer(view, null))
  }

  private request(client: Client, reqtype: string, message: Message): void {
    switch (reqtype) {
      case 'signon':
        client.send(refusal(reqtype, 'duplicate add request'))
        return
      case 'signoff':
        return client.end()
      case 'set_sendqlen':
        return
      case 'setfilter':
        return this.setFilter(client, message)
      case 'setsignal': {
        const signal = wantedSignal(message)
        if (signal === null) return void client.send(refusal(reqtype, 'EINVAL'))
        client.signal = signal
        return void client.send(done(reqtype))
      }
      default:
        return this.ask(client, message)
    }
  }

  private setFilter(client: Client, message: Message): void {
    const bits = getHex(message, 'fmask')
    if (bits === undefined) return void client.send(refusal('setfilter', 'EINVAL'))
    // Dropped packets, duplicates and the daemons' own protocol are not passed on by hb, to root neither.
    if (bits > 1) return void client.send(refusal('setfilter', 'EPERM'))
    client.filter = bits
    client.send(done('setfilter'))
  }

  private ask(client: Client, message: Message): void {
    const view = this.options.view()
    const remote = remoteNode(message, view)
    if (remote === null) {
      for (const reply of answer(message, view, (name) => this.online(name))) client.send(reply)
      return
    }
    const cn = get(message, 'cn') ?? ''
    const fields = [text('t', 'query-cstatus'), text('dest', remote), text('cn', cn), text('from_id', client.name)]
    this.options.send({ fields })
  }

  broken(client: Client, why: string): void {
    this.complain(client, `dropped: ${why}`)
    client.end()
  }

  closed(client: Client): void {
    this.clients.delete(client)
    if (client.name !== '' && !client.casual) this.announce(client.name, client.generation, 'leave', 'signoff')
  }

  private complain(client: Client, what: string): void {
    const who = client.name || `process ${client.credentials?.pid ?? '?'}`
    this.options.log('WARN', `client ${who} of the API socket: ${what}`)
  }
}

const done = (reqtype: string): Message => ({
  fields: [text('t', 'hbapi-resp'), text('reqtype', reqtype), text('result', 'OK')],
})
