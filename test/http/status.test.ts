import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { statusDocument } from '../../src/http/status.ts'
import { createCalendar } from '../../src/http/times.ts'
import { event, group, peer, type SourceParts, source } from './fixture.ts'

const document = (parts: SourceParts = {}) => {
  const from = source(parts)
  return statusDocument(from, createCalendar()(from.clock()))
}

describe('/status', () => {
  test('says who, in which state, since when', () => {
    expect(document()).toMatchObject({
      version: 1,
      hb: '0.1.0',
      generated: '2026-01-31T12:00:00.000Z',
      node: 'alpha',
      phase: 'active',
      stable: true,
      claim: 'local',
      claimWords: 'its own groups',
      started: { at: '2026-01-31T11:45:00.000Z', secondsAgo: 900 },
      health: { live: true, ready: true, why: '' },
      lateness: { lastSeconds: 0.0015, maxSeconds: 0.04 },
      counters: { rexmitSent: 4, conflicts: 1 },
      refusals: { 'bad-signature': 12, 'unknown-node': 0 },
    })
  })

  test('shows wanted, held and announced of each address with its group', () => {
    const [first, second] = document().groups
    expect(first).toMatchObject({
      group: '10.0.0.1',
      holder: 'alpha',
      cause: 'node beta is dead',
      since: { at: '2026-01-31T11:56:40.000Z', secondsAgo: 200 },
    })
    expect(first!.addresses).toEqual([
      {
        address: '10.0.0.1',
        wanted: true,
        held: true,
        announced: true,
        leaseSecondsLeft: 8,
        device: 'eth0',
        label: 'eth0:0',
      },
    ])
    expect(second!.addresses).toMatchObject([{ address: '10.0.0.2', held: false, leaseSecondsLeft: null }])
  })

  test('shows the last operation of a resource with its end and length', () => {
    const last = { op: 'start', outcome: 'timeout', code: null, detail: 'killed', atMs: 990_000, tookMs: 1500 } as const
    const { groups } = document({
      snapshot: { groups: [group({ resources: [{ text: 'x', state: 'failed', last }] })] },
    })
    expect(groups[0]!.resources).toEqual([
      {
        resource: 'x',
        state: 'failed',
        last: {
          op: 'start',
          outcome: 'timeout',
          code: null,
          detail: 'killed',
          ended: { at: '2026-01-31T11:59:50.000Z', secondsAgo: 10 },
          tookSeconds: 1.5,
        },
      },
    ])
  })

  test('shows nodes with their links and when each was heard', () => {
    expect(document().nodes[1]).toMatchObject({
      node: 'beta',
      software: 'heartbeat',
      state: 'active',
      deadtimeSeconds: 10,
      lastHeard: { secondsAgo: 0.2 },
      lateBeats: 2,
      lostMessages: 5,
      links: [
        { name: 'eth0', state: 'up', lastHeard: { secondsAgo: 0.2 } },
        { name: 'eth1', state: 'dead', lastHeard: null },
      ],
    })
  })

  test('states of links are words', () => {
    expect(document().links).toEqual([
      { name: 'eth0', state: 'up', detail: '' },
      { name: 'eth1', state: 'down', detail: 'no such interface' },
    ])
  })

  test('shows the newest twenty transitions, the newest last', () => {
    const events = Array.from({ length: 50 }, (_, i) => event(50 - i, { name: `n${i}` }))
    const shown = document({ snapshot: { events } }).events
    expect(shown.map((e) => e.name)).toEqual(events.slice(30).map((e) => e.name))
    expect(shown.at(-1)).toMatchObject({ secondsAgo: 1, from: 'active', to: 'dead', cause: 'silent for 10.2 s' })
  })

  test('bytes from a peer survive JSON', () => {
    const name = 'b\u0000\u001b[2J\u00ff"\\'
    const text = JSON.stringify(document({ snapshot: { nodes: [peer({ name })] } }))
    expect(JSON.parse(text).nodes[0].node).toBe(name)
    expect(text).not.toContain('\u001b')
  })

  test('every member is described in docs/status.md', () => {
    const docs = readFileSync(new URL('../../docs/status.md', import.meta.url), 'utf8')
    const full = document()
    const last = full.groups[0]!.resources[0]!.last!
    const parts = [full, full.groups[0]!, full.groups[0]!.addresses[0]!, full.groups[0]!.resources[0]!, last]
    const names = [...parts, full.nodes[1]!, full.links[0]!, full.events[0]!, full.lateness, full.health]
      .flatMap((part) => Object.keys(part))
      .filter((name) => !docs.includes(`\`${name}\``))
    expect(names).toEqual([])
  })
})
