/** What every request passes first, and the headers that every answer carries. */
import type { MiddlewareHandler } from 'hono'

const URL_CHARACTERS_MAX = 2048

/** Only GET and HEAD, no body, no endless URL; nothing here may be cached, framed or sniffed. */
export const guard: MiddlewareHandler = async (c, next) => {
  const { method, url } = c.req
  if (method !== 'GET' && method !== 'HEAD') {
    return c.text(`${method} changes things, and nothing can be changed here: use GET or HEAD\n`, 405, {
      ...COMMON,
      Allow: 'GET, HEAD',
    })
  }
  if (url.length > URL_CHARACTERS_MAX) {
    return c.text(`the URL has ${url.length} characters, at most ${URL_CHARACTERS_MAX} are read\n`, 414, COMMON)
  }
  if (hasBody(c.req.raw.headers)) return c.text('a request here has no body: send it without one\n', 413, COMMON)
  await next()
  for (const [name, value] of Object.entries(COMMON)) c.res.headers.set(name, value)
}

const COMMON = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

const hasBody = (headers: Headers) =>
  headers.has('transfer-encoding') || !/^0*$/.test(headers.get('content-length') ?? '')
