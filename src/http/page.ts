/** The page for people: one file, nothing from elsewhere, readable without script. */
import { html, raw } from 'hono/html'
import { hashText } from '../runtime/hash.ts'
import { ago, type Html, none } from './page-parts.ts'
import { REFRESH_S, SCRIPT } from './page-script.ts'
import { STYLE } from './page-style.ts'
import { eventTable, groupTable, linkTable, nodeTable } from './page-tables.ts'
import type { StatusDocument } from './status.ts'

const hash = (text: string) => `'sha256-${hashText('sha256', text, 'base64')}'`

/** The Content-Security-Policy of the page: its own style and script by their hashes, and nothing else. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${hash(STYLE)}`,
  `script-src ${hash(SCRIPT)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The whole page for one status document. */
export async function page(status: StatusDocument): Promise<string> {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${status.node}: ${status.summary}</title>
<noscript><meta http-equiv="refresh" content="${REFRESH_S * 2}"></noscript>
<style>${raw(STYLE)}</style>
</head>
<body>
<p id="banner" class="alarm bad" role="status" hidden></p>
<main>
<header><h1><bdi>${status.node}</bdi></h1><p class="faint">${claim(status)}</p></header>
<p class="summary">${status.summary}</p>
${alarms(status)}
${section('Groups', status.groups.length, groupTable(status))}
${section('Nodes', status.nodes.length, nodeTable(status))}
${section('Links', status.links.length, linkTable(status))}
${section('Last transitions', status.events.length, eventTable(status))}
<footer>
<p>hb ${status.hb}, started ${ago(status.started)}; this was true at <time>${status.generated}</time>.</p>
<p>For programs: <a href="/status">/status</a>, <a href="/metrics">/metrics</a>, <a href="/events">/events</a>,
<a href="/readyz">/readyz</a>, <a href="/holder">/holder</a></p>
</footer>
</main>
<script>${raw(SCRIPT)}</script>
</body>
</html>
`
  return String(await document)
}

function claim(status: StatusDocument): string {
  const settled = status.stable ? 'settled' : 'in transition'
  const standby = status.standby === 'no' ? '' : `, standby: ${status.standby}`
  return `${status.phase}, ${settled}, claims ${status.claimWords}${standby}; auto_failback ${status.autoFailback}`
}

function alarms({ health, warnings }: StatusDocument): Html {
  const unwell = !health.live || !health.ready ? [health.why || 'the daemon is not ready'] : []
  const lines = [...unwell, ...warnings]
  if (lines.length === 0) return html``
  return html`<div class="alarm${health.live ? '' : ' bad'}"><ul>${lines.map((text) => html`<li>${text}</li>`)}</ul></div>`
}

const section = (heading: string, count: number, content: Html): Html =>
  html`<section><h2>${heading}</h2>${count === 0 ? none() : content}</section>`
