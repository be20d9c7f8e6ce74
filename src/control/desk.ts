/** The desk behind the control socket: serves each connection's requests one after the other, within bounds. */
import type { Socket } from 'node:net'
import { LineReader, writeAll } from './lines.ts'
import {
  ControlError,
  type ControlReply,
  type ControlRequest,
  parseRequest,
  REQUEST_BYTES_MAX,
  type RequestId,
  replyLine,
} from './protocol.ts'

/** What the daemon does with a request; a rejection becomes a reply that says so. */
export type ControlHandler = (request: ControlRequest) => Promise<ControlReply>

/** Bounds of the daemon's end. */
export interface ControlLimits {
  /** Connections at a time; one more is told so and closed. */
  readonly connectionsMax: number
  /** How long a connection may take to bring a whole request, or to take a whole reply. */
  readonly lineMs: number
  /** How long replies may take to leave when the server closes. */
  readonly closeMs: number
}

const defaults: ControlLimits = { connectionsMax: 16, lineMs: 10_000, closeMs: 1000 }

/** Who is at the socket now, and what is being done for them. */
export class Desk {
  readonly #handler: ControlHandler
  readonly #limits: ControlLimits
  readonly #visits = new Map<Socket, { busy: boolean; readonly over: Promise<void> }>()
  #closing = false

  constructor(handler: ControlHandler, limits: Partial<ControlLimits> = {}) {
    this.#handler = handler
    this.#limits = { ...defaults, ...limits }
  }

  receive(socket: Socket): void {
    if (this.#visits.size >= this.#limits.connectionsMax) {
      const text = `too many connections to the control socket (${this.#limits.connectionsMax})`
      socket.on('error', () => {})
      socket.write(replyLine(null, { ok: false, text }))
      farewell(socket, this.#limits.closeMs)
      return
    }
    const over = Promise.withResolvers<void>()
    this.#visits.set(socket, { busy: false, over: over.promise })
    this.#serve(socket)
      .catch(() => {}) // The other side has gone or would not read; there is nobody to tell.
      .finally(() => {
        socket.destroy()
        this.#visits.delete(socket)
        over.resolve()
      })
  }

  async close(): Promise<void> {
    this.#closing = true
    const busy: Promise<void>[] = []
    for (const [socket, visit] of this.#visits) {
      if (visit.busy) busy.push(visit.over)
      else socket.destroy()
    }
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#limits.closeMs)
    })
    await Promise.race([Promise.all(busy), limit])
    clearTimeout(timer)
    for (const socket of this.#visits.keys()) socket.destroy()
  }

  async #serve(socket: Socket): Promise<void> {
    const lines = new LineReader(socket, REQUEST_BYTES_MAX)
    while (!this.#closing) {
      const line = await this.#request(socket, lines)
      if (line === null) break
      const visit = this.#visits.get(socket)!
      visit.busy = true
      const { id, reply } = await this.#answer(line)
      await writeAll(socket, replyLine(id, reply), this.#limits.lineMs)
      visit.busy = false
    }
    lines.discard()
    await farewell(socket, this.#limits.closeMs)
  }

  async #request(socket: Socket, lines: LineReader): Promise<string | null> {
    try {
      return await lines.next(this.#limits.lineMs)
    } catch (error) {
      if (!(error instanceof ControlError)) throw error
      await writeAll(socket, replyLine(null, { ok: false, text: error.message }), this.#limits.lineMs)
      return null
    }
  }

  async #answer(line: string): Promise<{ id: RequestId; reply: ControlReply }> {
    const parsed = parseRequest(line)
    if ('refusal' in parsed) return { id: parsed.id, reply: { ok: false, text: parsed.refusal } }
    try {
      return { id: parsed.id, reply: await this.#handler(parsed.request) }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      return { id: parsed.id, reply: { ok: false, text: `${parsed.request.verb} failed: ${why}` } }
    }
  }
}

/** Ends our side and gives the other one limitMs to read what it was told before the door closes. */
function farewell(socket: Socket, limitMs: number): Promise<void> {
  if (socket.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), limitMs)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.resume()
    socket.end()
  })
}
