/** Keeps the status endpoint listening. High availability does not depend on it: what goes wrong here is told and tried again. */
import type { Level } from '../io.ts'
import { type Endpoint, type Handler, type HttpListener, listen } from '../runtime/serve.ts'

export interface ServeOptions extends Endpoint {
  /** One line about the beginning or the end of trouble. */
  readonly report: (level: Level, text: string) => void
  /** Between attempts to listen, milliseconds; 5000 when not given. */
  readonly retryMs?: number
}

export interface HttpServer {
  /** Where it listens, or null while it cannot. */
  readonly address: Endpoint | null
  close(): void
}

const RETRY_MS = 5000

/**
 * Listens on host and port (0: any free one) for an app, and goes on trying while the port is taken or the address is
 * not on this host. Never throws.
 */
export function serve(app: { fetch: Handler }, options: ServeOptions): HttpServer {
  const { report, retryMs = RETRY_MS } = options
  let listener: HttpListener | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let told = ''
  let closed = false

  const attempt = () => {
    if (closed) return
    try {
      listener = listen((request) => app.fetch(request), options)
      report(told === '' ? 'info' : 'notice', `status endpoint listens on ${place(listener.address)}`)
    } catch (error) {
      const why = reason(error, options)
      if (why !== told) report('WARN', `${why}; the cluster goes on, tried again every ${retryMs / 1000} s`)
      told = why
      timer = setTimeout(attempt, retryMs)
    }
  }
  attempt()

  return {
    get address() {
      return listener?.address ?? null
    },
    close() {
      closed = true
      clearTimeout(timer)
      listener?.close()
      listener = null
    },
  }
}

const place = ({ host, port }: Endpoint) => `http://${host.includes(':') ? `[${host}]` : host}:${port}/`

const REASONS: Record<string, string> = {
  EADDRINUSE: 'another program has the port: stop it, or choose another port with the status directive of hb.cf',
  AddrInUse: 'another program has the port: stop it, or choose another port with the status directive of hb.cf',
  EADDRNOTAVAIL: 'the address is not on this host: name one that is, 0.0.0.0 for all',
  AddrNotAvailable: 'the address is not on this host: name one that is, 0.0.0.0 for all',
  EINVAL: 'the host is no address of this host: name one that is, 0.0.0.0 for all',
  ENOTFOUND: 'the host has no address: write the address itself',
  EACCES: 'not allowed: ports below 1024 need root or CAP_NET_BIND_SERVICE',
  PermissionDenied: 'not allowed: ports below 1024 need root or CAP_NET_BIND_SERVICE',
}

function reason(error: unknown, at: Endpoint): string {
  const { code, name, message } = (error ?? {}) as { code?: string; name?: string; message?: string }
  const known = REASONS[code ?? ''] ?? REASONS[name ?? '']
  return `status endpoint cannot listen on ${place(at)}: ${known ?? message ?? String(error)}`
}
