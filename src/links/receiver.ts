import { createSocket } from 'node:dgram'
import { takesOverSockets } from '../runtime/engine.ts'
import { type Family, withoutScope } from './address.ts'
import { libc } from './libc.ts'
import { readQueued } from './transfer.ts'

export interface Receiver {
  /** Delivers what is queued now, before it returns; the number of datagrams. */
  drain(): number
  /** Closes the socket; nothing is delivered afterwards. */
  close(): void
}

export interface ReceiverCallbacks {
  onDatagram(data: Uint8Array, source: string): void
  /** The socket has failed and is closed. */
  onError(code: string): void
}

/** 'events': the runtime's own loop reads the socket. 'poll': it is looked into every POLL_MS. */
export type ReceiveMode = 'events' | 'poll'

export const bestReceiveMode: ReceiveMode = takesOverSockets ? 'events' : 'poll'

const POLL_MS = 10

/** Takes over a bound UDP socket and delivers what comes in, until close(). */
export function receive(fd: number, family: Family, mode: ReceiveMode, callbacks: ReceiverCallbacks): Receiver {
  let open = true
  const read = (): { count: number; error: string } => {
    if (!open) return { count: 0, error: '' }
    return readQueued(fd, (data, source) => {
      if (open) callbacks.onDatagram(data, source)
    })
  }
  const stop = mode === 'events' ? listen() : poll()
  const close = (): void => {
    if (!open) return
    open = false
    stop()
  }
  const fail = (code: string): void => {
    if (!open) return
    close()
    callbacks.onError(code)
  }

  function listen(): () => void {
    const socket = createSocket(family === 4 ? 'udp4' : 'udp6')
    socket.on('message', (data, from) => {
      if (open) callbacks.onDatagram(data, withoutScope(from.address))
    })
    socket.on('error', (error: Error & { code?: string }) => fail(error.code ?? error.message))
    socket.bind({ fd })
    return () => {
      socket.close()
    }
  }

  function poll(): () => void {
    const timer = setInterval(() => {
      const { error } = read()
      if (error !== '') fail(error)
    }, POLL_MS)
    return () => {
      clearInterval(timer)
      libc().close(fd)
    }
  }

  return {
    drain: () => {
      const { count, error } = read()
      if (error !== '') fail(error)
      return count
    },
    close,
  }
}
