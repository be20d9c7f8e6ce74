/** The read-only status endpoint. What it shows comes from a StatusSource; nothing can be changed through it. */
import { type Context, Hono } from 'hono'
import { nearest } from '../config/nearest.ts'
import { eventsDocument, parseSince } from './events.ts'
import { EXPOSITION_TYPE, exposition } from './exposition.ts'
import { guard } from './guard.ts'
import { type Answer, holder, holderOf, livez, readyz } from './health.ts'
import { metricFamilies } from './metrics.ts'
import { PAGE_POLICY, page } from './page.ts'
import type { StatusSource } from './source.ts'
import { statusDocument } from './status.ts'
import { createCalendar } from './times.ts'
import { oneLine } from './words.ts'

/** Path and what is there. */
export const ROUTES: Readonly<Record<string, string>> = {
  '/': 'the page for people',
  '/status': 'everything, as JSON',
  '/metrics': 'for Prometheus',
  '/events': 'the last transitions, as JSON (?since=time)',
  '/livez': '200 while the decision loop turns',
  '/readyz': '200 when active and settled',
  '/holder': '200 when this node holds what it means to hold',
  '/holder/<address>': '200 when the address is on this host',
}

/** The application; createApp(source).fetch answers a Request. */
export function createApp(source: StatusSource): Hono {
  const app = new Hono()
  const calendar = createCalendar()
  const times = () => calendar(source.clock())

  app.use(guard)
  app.get('/', async (c) => {
    c.header('Content-Security-Policy', PAGE_POLICY)
    return c.html(await page(statusDocument(source, times())))
  })
  app.get('/status', (c) => json(c, statusDocument(source, times())))
  app.get('/metrics', (c) =>
    c.body(exposition(metricFamilies(source, times())), 200, { 'Content-Type': EXPOSITION_TYPE }),
  )
  app.get('/events', (c) => events(c, (sinceS) => eventsDocument(source, times(), sinceS)))
  app.get('/livez', (c) => line(c, livez(source)))
  app.get('/readyz', (c) => line(c, readyz(source)))
  app.get('/holder', (c) => line(c, holder(source, times())))
  app.get('/holder/:address{.+}', (c) => line(c, holderOf(source, c.req.param('address'))))
  app.notFound((c) => c.text(unknownPath(c.req.path), 404))
  app.onError((error, c) => c.text(oneLine(`the state cannot be shown: ${error.message}`).concat('\n'), 500))
  return app
}

const json = (c: Context, document: object) =>
  c.body(`${JSON.stringify(document, null, 2)}\n`, 200, { 'Content-Type': 'application/json' })

const line = (c: Context, answer: Answer) => c.text(`${answer.line}\n`, answer.status)

function events(c: Context, document: (sinceS: number | null) => object) {
  const word = c.req.query('since')
  const sinceS = word === undefined ? null : parseSince(word)
  if (word === undefined || sinceS !== null) return json(c, document(sinceS))
  const shown = JSON.stringify(word.slice(0, 40))
  return c.text(`since=${shown} is no time: give RFC 3339 (2026-01-31T12:00:00Z) or seconds since 1970\n`, 400)
}

function unknownPath(path: string): string {
  const near = nearest(path, Object.keys(ROUTES))
  const known = Object.entries(ROUTES).map(([route, what]) => `  ${route.padEnd(18)} ${what}`)
  const shown = JSON.stringify(path.slice(0, 80))
  return `nothing is at ${shown}${near === null ? '' : `; did you mean ${near}?`}\nknown:\n${known.join('\n')}\n`
}
