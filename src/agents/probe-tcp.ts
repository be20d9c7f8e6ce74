import type { Probed } from './probe.ts'

/** Works when a connection comes about; it is closed at once. */
export function probeTcp(host: string, port: number, timeoutMs: number): Promise<Probed> {
  return new Promise((resolve) => {
    const socket = process.getBuiltinModule('node:net').connect({ host, port })
    const end = (ok: boolean, detail: string) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ ok, detail })
    }
    const timer = setTimeout(() => end(false, `no connection within ${timeoutMs / 1000} s`), timeoutMs)
    socket.once('connect', () => end(true, ''))
    socket.once('error', (error: NodeJS.ErrnoException) => end(false, words(error)))
  })
}

function words({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'connection refused'
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'unreachable'
  return code === 'ENOTFOUND' ? 'the host name is not known' : message
}
