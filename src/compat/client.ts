/** One connection to the client socket: its bounds, its frames, and who it has signed on as. */
import type { Socket } from 'node:net'
import { keepOverExec } from '../linux/descriptors.ts'
import type { Message } from '../wire/message.ts'
import { type Credentials, descriptorOf } from './credentials.ts'
import { FRAME_BYTES_MAX, FrameReader, frame } from './frames.ts'

/** What may wait for a client that does not read: a slow one is dropped, never waited for. */
const QUEUE_BYTES_MAX = 1024 * 1024
/** Messages of a client are taken at this rate: a burst, and then so many a second. */
const BURST = 100
const PER_SECOND = 50
const SIGNON_MS = 10_000
const FAREWELL_MS = 1000
const NORMAL_MESSAGES = 1

/** A connection that one program leaves the next: the descriptor stays open, and the client notices nothing. */
export interface ClientState {
  readonly fd: number
  readonly name: string
  readonly casual: boolean
  readonly generation: number
  readonly signal: number
  readonly filter: number
  readonly credentials: Credentials | null
  /** Bytes that were read and not yet taken, in base64. */
  readonly rest: string
}

export interface ClientEvents {
  /** A message of the client, or what is wrong with what it sent. */
  readonly message: (client: Client, message: Message) => void
  readonly broken: (client: Client, why: string) => void
  readonly closed: (client: Client) => void
}

export class Client {
  /** '' until it has signed on. */
  name = ''
  casual = true
  generation = 0
  signal = 0
  /** heartbeat's filter bits: of them, hb knows the one for normal messages. */
  filter = NORMAL_MESSAGES
  readonly credentials: Credentials | null
  private readonly reader = new FrameReader()
  private tokens = BURST
  private refilledMs = performance.now()
  private pause: ReturnType<typeof setTimeout> | null = null
  private readonly patience: ReturnType<typeof setTimeout>
  private farewell: ReturnType<typeof setTimeout> | null = null
  private ended = false

  constructor(
    private readonly socket: Socket,
    credentials: Credentials | null,
    private readonly events: ClientEvents,
  ) {
    this.credentials = credentials
    this.patience = setTimeout(() => this.name === '' && this.fail('no sign-on'), SIGNON_MS)
    socket.on('data', (chunk: Uint8Array) => {
      this.reader.add(chunk)
      this.workSafely()
    })
    socket.on('error', () => this.close())
    socket.on('close', () => {
      this.close()
      if (this.farewell !== null) clearTimeout(this.farewell)
    })
  }

  /** Goes on where the client of an earlier program was. */
  resume(state: ClientState): void {
    const { name, casual, generation, signal, filter, rest } = state
    Object.assign(this, { name, casual, generation, signal, filter })
    clearTimeout(this.patience)
    this.reader.add(Buffer.from(rest, 'base64'))
    this.workSafely()
  }

  /** For the program that takes this one's place; null for a client that is not signed on, or has not read its answers. */
  handOver(): ClientState | null {
    const { name, casual, generation, signal, filter, credentials } = this
    const fd = descriptorOf(this.socket)
    if (this.ended || name === '' || fd === null || this.socket.writableLength > 0) return null
    keepOverExec(fd)
    const rest = Buffer.from(this.reader.rest()).toString('base64')
    return { fd, name, casual, generation, signal, filter, credentials, rest }
  }

  get open(): boolean {
    return !this.ended
  }

  /** Queues a message, or drops a client that does not read. */
  send(message: Message): void {
    this.sendFrame(frame(message))
  }

  /** The same for a message that several clients get. */
  sendFrame(bytes: Uint8Array): void {
    if (this.ended) return
    const waiting = this.socket.writableLength
    if (waiting + bytes.length > QUEUE_BYTES_MAX) return this.fail(`it does not read: ${waiting} bytes wait for it`)
    this.socket.write(bytes)
    this.wake()
  }

  wants(bits: number): boolean {
    return (this.filter & bits) !== 0
  }

  /** Lets what has been sent arrive, then closes. */
  end(): void {
    if (this.ended) return
    this.socket.end()
    this.close()
    // Its last answer is on the way; who has not read it by then does not get it.
    this.farewell = setTimeout(() => this.socket.destroy(), FAREWELL_MS)
  }

  private close(): void {
    if (this.ended) return
    this.ended = true
    clearTimeout(this.patience)
    if (this.pause !== null) clearTimeout(this.pause)
    this.events.closed(this)
  }

  private fail(why: string): void {
    if (this.ended) return
    this.events.broken(this, why)
    this.close()
    this.socket.destroy()
  }

  /** Whatever a client sends may end its connection, and nothing else. */
  private workSafely(): void {
    try {
      this.work()
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error))
    }
  }

  private work(): void {
    while (!this.ended && this.pause === null) {
      if (!this.takeToken()) return this.rest()
      const message = this.reader.next()
      if (message === null) break
      if (typeof message === 'string') return this.fail(message)
      this.events.message(this, message)
    }
    if (this.reader.waiting > 2 * FRAME_BYTES_MAX) this.fail('it sends more than it was asked to')
  }

  private takeToken(): boolean {
    const nowMs = performance.now()
    this.tokens = Math.min(BURST, this.tokens + ((nowMs - this.refilledMs) / 1000) * PER_SECOND)
    this.refilledMs = nowMs
    if (this.tokens < 1) return false
    this.tokens--
    return true
  }

  /** A client in a hurry waits: what it writes stays in the socket. */
  private rest(): void {
    this.socket.pause()
    this.pause = setTimeout(() => {
      this.pause = null
      this.socket.resume()
      this.workSafely()
    }, 1000 / PER_SECOND)
  }

  /** The signal that a client may ask for with each message; its process number is the kernel's word. */
  private wake(): void {
    if (this.signal === 0 || this.credentials === null) return
    try {
      process.kill(this.credentials.pid, this.signal)
    } catch {
      this.signal = 0
    }
  }
}
