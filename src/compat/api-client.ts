/** The other end of heartbeat's client socket: signs on without a name, and asks. Works with hb and with heartbeat itself. */
import { connect, type Socket } from 'node:net'
import { get, type Message, text } from '../wire/message.ts'
import { FrameReader, frame } from './frames.ts'

const MESSAGES_MAX = 1000

/** Why there is no conversation: nobody listens, or the daemon refuses, in its own words. */
export class ApiRefusal extends Error {
  constructor(
    readonly kind: 'no-daemon' | 'refused',
    reason: string,
  ) {
    super(reason)
  }
}

export class ApiClient {
  private readonly reader = new FrameReader()
  private readonly waiting: Message[] = []
  private wake: () => void = () => {}
  private closed = false
  private readonly name = String(process.pid)
  /** The daemon's answer to the sign-on. */
  welcome: Message = { fields: [] }

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Uint8Array) => this.take(chunk))
    const over = () => {
      this.closed = true
      this.wake()
    }
    socket.on('close', over)
    socket.on('error', over)
  }

  /** Signs on. Rejects with an ApiRefusal. */
  static async open(path: string): Promise<ApiClient> {
    const socket = await dial(path)
    const client = new ApiClient(socket)
    const uid = String(process.geteuid?.() ?? 0)
    const gid = String(process.getegid?.() ?? 0)
    client.send('signon', [text('uid', uid), text('gid', gid)])
    const answer = await client.next((m) => get(m, 'reqtype') === 'signon')
    if (answer === null || get(answer, 'result') !== 'OK') {
      socket.destroy()
      throw new ApiRefusal(answer === null ? 'no-daemon' : 'refused', (answer && get(answer, 'info')) ?? '')
    }
    client.welcome = answer
    return client
  }

  /** One answer, or all of a list; the last tells of the result. Null when the daemon has gone. */
  async ask(reqtype: string, fields: readonly [string, string][] = []): Promise<Message[] | null> {
    const values = fields.map(([name, value]) => text(name, value))
    this.send(reqtype, values)
    const answers: Message[] = []
    for (;;) {
      const answer = await this.next((m) => get(m, 't') === 'hbapi-resp' && get(m, 'reqtype') === reqtype)
      if (answer === null) return null
      answers.push(answer)
      if (get(answer, 'result') !== 'ok/more' || answers.length >= MESSAGES_MAX) return answers
    }
  }

  /** The next message that pleases; others are forgotten. Null when the daemon has gone or the time is over. */
  async next(pleases: (message: Message) => boolean, withinMs?: number): Promise<Message | null> {
    const endMs = withinMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + withinMs
    for (;;) {
      for (let message = this.waiting.shift(); message !== undefined; message = this.waiting.shift()) {
        if (pleases(message)) return message
      }
      const leftMs = endMs - performance.now()
      if (this.closed || leftMs <= 0) return null
      await this.more(leftMs)
    }
  }

  send(reqtype: string, fields: readonly ReturnType<typeof text>[]): void {
    const common = [text('dest', ''), text('pid', this.name), text('from_id', this.name)]
    this.say({ fields: [text('t', 'hbapi-req'), text('reqtype', reqtype), ...common, ...fields] })
  }

  say(message: Message): void {
    this.socket.write(frame(message))
  }

  close(): void {
    this.socket.destroy()
  }

  private take(chunk: Uint8Array): void {
    this.reader.add(chunk)
    for (let message = this.reader.next(); message !== null; message = this.reader.next()) {
      if (typeof message === 'string') return void this.socket.destroy()
      if (this.waiting.length < MESSAGES_MAX) this.waiting.push(message)
    }
    this.wake()
  }

  private more(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(withinMs) ? setTimeout(resolve, withinMs) : undefined
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => {
      reject(new ApiRefusal('no-daemon', "hb_api_signon: Can't initiate connection to heartbeat"))
    })
  })
}
