/** Requests that come over the control socket, and what became of them. */
import type { ControlReply, ControlRequest } from '../control/protocol.ts'
import type { Command, Input } from '../io.ts'

const PENDING_MAX = 64

export interface Answers {
  readonly feed: (input: Input) => void
  readonly status: () => unknown
  readonly reload: () => ControlReply
  readonly upgrade: (path: string) => Promise<ControlReply>
  /** Differs from one running program to the next. */
  readonly image: string
  /** Why the last upgrade was given up after it had been promised, or null. */
  readonly givenUp: string | null
}

export class Commands {
  private readonly pending = new Map<number, (reply: ControlReply) => void>()
  private lastId = 0

  /** answers is asked for at each request: the socket is served before the rest is there. */
  constructor(private readonly answers: () => Answers) {}

  handle(request: ControlRequest): Promise<ControlReply> {
    const options = this.answers()
    switch (request.verb) {
      case 'ping':
        return Promise.resolve({
          ok: true,
          text: 'hb is running',
          data: { image: options.image, givenUp: options.givenUp },
        })
      case 'status':
        return Promise.resolve({ ok: true, text: 'status', data: options.status() })
      case 'reload':
        return Promise.resolve(options.reload())
      case 'stop':
        return this.ask({ verb: 'stop' })
      case 'clear':
        return this.ask({ verb: 'clear', group: request.group })
      case 'maintenance':
        return this.ask({ verb: 'maintenance', on: request.on, group: request.group })
      case 'upgrade':
        return options.upgrade(request.path)
      case 'standby':
      case 'takeover':
        return this.ask({ verb: request.verb, set: request.set })
    }
  }

  ask(command: Command): Promise<ControlReply> {
    if (this.pending.size >= PENDING_MAX) return Promise.resolve({ ok: false, text: 'too many commands are waiting' })
    const id = ++this.lastId
    return new Promise((resolve) => {
      this.pending.set(id, resolve)
      this.answers().feed({ kind: 'command', id, command })
    })
  }

  reply(id: number, ok: boolean, text: string): void {
    const resolve = this.pending.get(id)
    this.pending.delete(id)
    resolve?.({ ok, text })
  }

  /** The daemon ends: whoever still waits is told. */
  end(text: string): void {
    for (const id of [...this.pending.keys()]) this.reply(id, false, text)
  }
}
