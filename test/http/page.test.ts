import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { PAGE_POLICY, page } from '../../src/http/page.ts'
import { statusDocument } from '../../src/http/status.ts'
import { createCalendar } from '../../src/http/times.ts'
import { address, event, group, node, peer, type SourceParts, source } from './fixture.ts'

const render = (parts: SourceParts = {}) => {
  const from = source(parts)
  return page(statusDocument(from, createCalendar()(from.clock())))
}

const inside = (text: string, tag: string) => text.split(`<${tag}>`)[1]!.split(`</${tag}>`)[0]!

describe('the page', () => {
  test('shows who holds what, since when, why', async () => {
    const text = await render()
    expect(text).toContain('alpha holds 1 group, beta holds 1 group.')
    expect(text).toContain('3 min 20 s ago')
    expect(text).toContain('node beta is dead')
    expect(text).toContain('held, announced')
  })

  test('has one heading of the first level, and every table its caption and scopes', async () => {
    const text = await render()
    expect(text.match(/<h1>/g)).toHaveLength(1)
    const tables = text.match(/<table/g)!.length
    expect(tables).toBe(4)
    expect(text.match(/<caption>/g)).toHaveLength(tables)
    expect(text.match(/<th role="columnheader" scope="col">/g)).toHaveLength(5 + 6 + 3 + 4)
  })

  test('every colour has a word', async () => {
    const text = await render({ snapshot: { nodes: [node(), peer({ state: 'dead' })] } })
    for (const [, words] of text.matchAll(/<span class="state \w+">([^<]*)<\/span>/g)) expect(words).toMatch(/^[a-z]/)
  })

  test('lists the newest transition first', async () => {
    const events = [event(50, { cause: 'older' }), event(5, { cause: 'newer' })]
    const text = await render({ snapshot: { events } })
    expect(text.indexOf('newer')).toBeLessThan(text.indexOf('older'))
  })

  test('shows warnings, and what is wrong first', async () => {
    const text = await render({ snapshot: { warnings: ['beware'] }, health: { ready: false, why: 'all links down' } })
    expect(text).toContain('<li>all links down</li><li>beware</li>')
  })

  test('an address that is wanted and not held stands out', async () => {
    const text = await render({ addresses: [address({ held: false, announced: false })] })
    expect(text).toContain('<span class="state bad">wanted, not held</span>')
  })

  test('says none where there is nothing', async () => {
    const text = await render({ snapshot: { groups: [], nodes: [], localLinks: [], events: [] } })
    expect(text).not.toContain('<table')
    expect(text.match(/>none</g)).toHaveLength(4)
  })
})

describe('the page is closed', () => {
  test('its policy names its own style and script, and allows nothing else', async () => {
    const text = await render()
    const hash = (s: string) => `'sha256-${createHash('sha256').update(s).digest('base64')}'`
    expect(PAGE_POLICY).toContain(`style-src ${hash(inside(text, 'style'))}`)
    expect(PAGE_POLICY).toContain(`script-src ${hash(inside(text, 'script'))}`)
    expect(PAGE_POLICY).toStartWith("default-src 'none'")
    expect(PAGE_POLICY).not.toContain('unsafe')
  })

  test('it fetches nothing from elsewhere and has no inline handlers or styles', async () => {
    const text = await render()
    expect(text).not.toMatch(/(src|href)="(?!\/|data:,")/)
    expect(text).not.toMatch(/\son[a-z]+=|style="/)
    expect(text).not.toContain('http://')
    expect(text).not.toContain('https://')
  })

  const EVIL = `</title><script>alert(1)</script><img src=x onerror="x">'&`

  test('nothing from outside becomes markup', async () => {
    const last = { op: 'start', outcome: 'failed', code: 1, detail: EVIL, atMs: 0, tookMs: 0 } as const
    const text = await render({
      snapshot: {
        node: EVIL,
        warnings: [EVIL],
        nodes: [peer({ name: EVIL, links: [{ name: EVIL, state: 'up', lastHeardMs: 0 }] })],
        localLinks: [{ name: EVIL, up: true, detail: EVIL }],
        groups: [group({ key: EVIL, holder: EVIL, cause: EVIL, resources: [{ text: EVIL, state: 'failed', last }] })],
        events: [event(1, { subject: EVIL, name: EVIL, from: EVIL, to: EVIL, cause: EVIL })],
      },
      addresses: [address({ group: EVIL, address: EVIL, device: EVIL })],
      health: { ready: false, why: EVIL },
    })
    expect(text.match(/<script>/g)).toHaveLength(1)
    expect(text).not.toContain('<img')
    expect(text).not.toContain('&amp;lt;')
    expect(text.match(/&lt;\/title&gt;&lt;script&gt;/g)!.length).toBeGreaterThan(15)
  })
})
