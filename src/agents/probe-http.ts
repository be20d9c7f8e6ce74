import type { Probed } from './probe.ts'

const AGENT = 'hb monitor'

/** Works when the answer begins with the expected status code in time; redirections are not followed, nothing is read. */
export async function probeHttp(url: string, expect: number, timeoutMs: number): Promise<Probed> {
  const limit = AbortSignal.timeout(timeoutMs)
  try {
    const headers = { 'user-agent': AGENT, connection: 'close' }
    const response = await fetch(url, { redirect: 'manual', signal: limit, headers, keepalive: false })
    void response.body?.cancel()
    const ok = response.status === expect
    return { ok, detail: ok ? '' : `status ${response.status}, expected ${expect}` }
  } catch (error) {
    if (limit.aborted) return { ok: false, detail: `no answer within ${timeoutMs / 1000} s` }
    const { code, message } = error as NodeJS.ErrnoException
    return { ok: false, detail: code === 'ConnectionRefused' ? 'connection refused' : message }
  }
}
