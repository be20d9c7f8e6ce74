import { type Family, socketAddress } from './address.ts'
import { decodeEchoReply, type Echo, encodeEchoRequest } from './icmp.ts'
import { lookUpInterface } from './interfaces.ts'
import { libc } from './libc.ts'
import { openEcho, SocketError } from './socket.ts'
import { readQueued, sendNow } from './transfer.ts'

/** Raw sockets for echo requests, one a family, opened at first use. */
export interface EchoSockets {
  /** Sends one request: '' or the name of the error. */
  send(host: string, family: Family, echo: Echo): string
  /** Reads the replies that wait. */
  drain(onReply: (family: Family, echo: Echo, source: string) => void): void
  close(): void
}

export function createEchoSockets(): EchoSockets {
  const sockets = new Map<Family, number>()
  let open = true

  const descriptor = (family: Family): number => {
    const known = sockets.get(family)
    if (known !== undefined) return known
    const fd = openEcho(family)
    sockets.set(family, fd)
    return fd
  }
  const forget = (family: Family, fd: number): void => {
    sockets.delete(family)
    libc().close(fd)
  }

  return {
    send: (host, family, echo) => {
      if (!open) return 'EBADF'
      try {
        return sendNow(descriptor(family), encodeEchoRequest(family, echo), socketAddress(host, 0, scopeOf(host)))
      } catch (error) {
        if (error instanceof SocketError) return error.code
        throw error
      }
    },
    drain: (onReply) => {
      for (const [family, fd] of [...sockets]) {
        const { error } = readQueued(fd, (data, source) => {
          const echo = decodeEchoReply(family, data)
          if (echo !== null && open) onReply(family, echo, source)
        })
        if (error !== '' && sockets.get(family) === fd) forget(family, fd)
      }
    },
    close: () => {
      open = false
      for (const [family, fd] of [...sockets]) forget(family, fd)
    },
  }
}

/** The interface number behind the name in 'fe80::1%eth0', looked up each time since it may change; 0 without one. */
function scopeOf(host: string): number {
  const [, name] = host.split('%')
  return name === undefined ? 0 : (lookUpInterface(name)?.index ?? 0)
}
