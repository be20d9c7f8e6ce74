/** heartbeat's client socket: frames, sign-on, requests; from strangers and from those who have signed on. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import { Client } from '../../src/compat/client.ts'
import { FrameReader, frame } from '../../src/compat/frames.ts'
import { Switchboard } from '../../src/compat/switchboard.ts'
import { type Message, text } from '../../src/wire/message.ts'
import { files, read, right } from '../config/helper.ts'
import { snapshot } from '../http/fixture.ts'
import { latin1 } from '../wire/example.ts'
import { fuzz, LONG_MS } from './fuzz.ts'
import { Mutator } from './mutate.ts'
import { messages, words } from './specimens.ts'

setDefaultTimeout(LONG_MS)

const caller = { pid: 4711, uid: 0, gid: 0 }
const string = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const request = (reqtype: string, fields: Readonly<Record<string, string>> = {}): Message => ({
  fields: [text('t', 'hbapi-req'), text('reqtype', reqtype), ...Object.entries(fields).map(([n, v]) => text(n, v))],
})
const signon = request('signon', { from_id: 'fuzz', pid: '4711', uid: '0', gid: '0' })
const asked = [
  ...['nodelist', 'numnodes', 'getrsc', 'signoff'].map((r) => request(r)),
  ...['nodestatus', 'nodetype', 'iflist', 'clientstatus'].map((r) => request(r, { node: 'beta', cn: 'x' })),
  request('ifstatus', { node: 'beta', ifname: 'eth0' }),
  request('getparm', { pname: 'keepalive' }),
  request('setfilter', { fmask: '1' }),
  request('setsignal', { signal: '0' }),
  ...messages,
]
const frames = [signon, ...asked].map((m) => string(frame(m)))
const mutator = new Mutator(
  frames,
  [...words, '\xcd\xab\0\0', '\0\0\0\0', 't=hbapi-req\n', 'reqtype=', 'from_id=', '__proto__'],
  8192,
)

/** The other end of a connection that goes nowhere. */
class Wire extends EventEmitter {
  writableLength = 0
  answers = 0
  write(): boolean {
    this.answers++
    return true
  }
  end(): void {}
  pause(): void {}
  resume(): void {}
  destroy(): void {}
}

test('frames', () => {
  let read = 0
  fuzz('API, frames', fc.tuple(mutator.inputs.map(latin1), fc.nat(200)), 20_000, ([bytes, cut]) => {
    const reader = new FrameReader()
    for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) reader.add(part)
    for (let i = 0; i < 100; i++) {
      const next = reader.next()
      if (next === null || typeof next === 'string') return
      read++
    }
  })
  expect(read).toBeGreaterThan(0)
})

test.each([
  ['strangers', false],
  ['clients', true],
] as const)('a switchboard between %s and the cluster', (who, signedOn) => {
  const config = right(read({ haCf: `${files.haCf}apiauth default uid=root\n` }))
  let passed = 0
  let answered = 0
  const board = new Switchboard({
    view: () => ({ snapshot: snapshot(), config, version: '3.0.6' }),
    accounts: { uid: () => 0, gid: () => 0, primaryGid: () => 0, isMember: () => true },
    send: () => {},
    carryOut: () => passed++,
    builtIn: new Set(),
    log: () => {},
  })
  const opening = frame(signon)
  fuzz(
    `API, ${who}`,
    mutator.inputs.map(latin1),
    Math.min(20_000, Number(process.env.FUZZ_INPUTS ?? 6000)),
    (bytes) => {
      const wire = new Wire()
      if (!board.admitConnection((events) => new Client(wire as unknown as Socket, signedOn ? caller : null, events))) {
        throw new Error('there is no place left: connections stay behind')
      }
      if (signedOn) wire.emit('data', opening)
      wire.emit('data', bytes)
      answered += wire.answers
      wire.emit('close')
      if (board.online('fuzz')) throw new Error('it has gone, and is online')
    },
  )
  expect(answered).toBeGreaterThan(0)
  if (signedOn) expect(passed).toBeGreaterThan(0)
  else expect(passed).toBe(0)
})
