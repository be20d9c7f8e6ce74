/**
 * What the real heartbeat 3.0.6 sent: every datagram is read, verified with its sender's keys and written again to the
 * same bytes, and refused with the keys of a host that does not share them.
 * HB_VECTORS=folder checks another set of the same form.
 */
import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KeyRing } from '../../src/config/types.ts'
import { decode, decodeClassicUnsigned, encode, encodeClassic } from '../../src/wire/codec.ts'
import { get } from '../../src/wire/message.ts'
import { ring } from './keys.ts'

interface Packet {
  readonly from: string
  readonly payload: string
  readonly classic: string
  readonly note: string
}

interface Scenario {
  readonly hosts: Record<string, Record<string, string>>
  readonly config: Record<string, { readonly authkeys: string }>
  readonly packets?: readonly Packet[]
}

const folder = process.env.HB_VECTORS ?? join(import.meta.dirname, '../vectors')
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
const types = new Set<string>()
let datagrams = 0

function keysOf(scenario: Scenario, host: string): KeyRing {
  const config = scenario.config[host] ?? scenario.config.all
  if (!config) throw new Error(`no configuration of ${host}`)
  return ring(config.authkeys)
}

function check(scenario: Scenario, packet: Packet): void {
  const datagram = Buffer.from(packet.payload, 'base64')
  // The capturing host spoke as node2 in the forged scenarios; there all hosts have the same keys.
  const sender = Object.keys(scenario.hosts).find((name) =>
    Object.values(scenario.hosts[name] ?? {}).includes(packet.from),
  )
  const keys = keysOf(scenario, sender ?? 'all')
  const decoded = decode(datagram, keys)
  if (!decoded.ok) throw new Error(`${packet.note}: ${decoded.reason}, ${decoded.detail}`)
  const { message, key, form } = decoded
  expect(form).toBe('netstring')
  expect(key).toBe(keys.signWith)
  expect(Buffer.compare(encode(message, keys, { innerAuth: true }), datagram)).toBe(0)

  const text = Buffer.from(`>>>\n${packet.classic}<<<\n`, 'latin1')
  expect(Buffer.compare(encodeClassic(message, keys), text)).toBe(0)
  expect(decodeClassicUnsigned(text)).toEqual({ ok: true, message })
  expect(decode(text, keys)).toEqual({ ok: true, message, key, form: 'classic' })
  types.add(get(message, 't') ?? '')
  datagrams++
}

describe('datagrams of heartbeat 3.0.6', () => {
  for (const file of files) {
    const scenario = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Scenario
    const { packets } = scenario
    if (!packets) continue
    test(`${file} (${packets.length})`, () => {
      for (const packet of packets) check(scenario, packet)
    })
  }

  test('every message type of a haresources cluster is among them', () => {
    console.log(`${datagrams} datagrams of ${files.length} files in ${folder}`)
    expect([...types].sort()).toEqual([
      'NS_ackmsg',
      'NS_nak_rexmit',
      'NS_rexmit',
      'ask_resources',
      'hb_takeover',
      'ip-request',
      'ip-request-resp',
      'repnodes',
      'reqnodes',
      'resource',
      'shutdone',
      'starting',
      'status',
      'stonith',
    ])
  })

  test('a node with another key refuses them', () => {
    const scenario = JSON.parse(readFileSync(join(folder, 'wrong-key.json'), 'utf8')) as Scenario
    const one = Object.values(scenario.hosts.node1 ?? {})
    for (const packet of scenario.packets ?? []) {
      const other = keysOf(scenario, one.includes(packet.from) ? 'node2' : 'node1')
      expect(decode(Buffer.from(packet.payload, 'base64'), other)).toMatchObject({ ok: false, reason: 'bad-digest' })
    }
    expect(scenario.packets?.length).toBeGreaterThan(10)
  })
})
