/** Listening for HTTP, the same for Bun and Deno. */

export interface Endpoint {
  readonly host: string
  readonly port: number
}

export interface HttpListener {
  /** Where it really listens: the port that was given, or the one that port 0 became. */
  readonly address: Endpoint
  /** At once, open connections included. */
  close(): void
}

export type Handler = (request: Request) => Response | Promise<Response>

const IDLE_S = 10
const BODY_BYTES_MAX = 1024

interface DenoServe {
  serve(
    options: { hostname: string; port: number; signal: AbortSignal; onListen(): void; onError(): Response },
    handler: Handler,
  ): { readonly addr: { readonly hostname: string; readonly port: number } }
}

/**
 * Listens at once or throws an Error whose code is EADDRINUSE, EADDRNOTAVAIL, EACCES, ... where the runtime tells.
 * A connection that is silent for 10 s is closed (Bun).
 */
export function listen(handler: Handler, { host, port }: Endpoint): HttpListener {
  const deno = (globalThis as { Deno?: DenoServe }).Deno
  return deno === undefined ? listenBun(handler, host, port) : listenDeno(deno, handler, host, port)
}

const broken = () => new Response('the request failed\n', { status: 500 })

function listenBun(handler: Handler, hostname: string, port: number): HttpListener {
  const server = Bun.serve({
    hostname,
    port,
    idleTimeout: IDLE_S,
    maxRequestBodySize: BODY_BYTES_MAX,
    development: false,
    // Bun shares the port with any other process of the user when development is off, unless told not to.
    reusePort: false,
    error: broken,
    fetch: (request) => handler(request),
  })
  return {
    address: { host: server.hostname ?? hostname, port: server.port ?? port },
    close: () => void server.stop(true),
  }
}

function listenDeno(deno: DenoServe, handler: Handler, hostname: string, port: number): HttpListener {
  const abort = new AbortController()
  const options = { hostname, port, signal: abort.signal, onListen: () => {}, onError: broken }
  const { addr } = deno.serve(options, handler)
  return { address: { host: addr.hostname, port: addr.port }, close: () => abort.abort() }
}
