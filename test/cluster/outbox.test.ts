import { expect, test } from 'bun:test'
import { Context } from '../../src/cluster/context.ts'
import { Outbox } from '../../src/cluster/outbox.ts'
import { get, type Message, text } from '../../src/wire/message.ts'
import { clusterConfig } from '../sim/scene.ts'
import { scene } from './node.ts'

const uuid = new Uint8Array(16).fill(1)

function outbox(): { box: Outbox; sent: () => Message[] } {
  const now = { ms: 0, wallS: 1_700_000_000, load: '0.00' }
  const ctx = new Context(clusterConfig(scene), { name: 'ann', uuid }, 1, now)
  const box = new Outbox(ctx, 5, () => undefined)
  return { box, sent: () => ctx.takeEffects().flatMap((e) => (e.kind === 'send' ? [e.message] : [])) }
}

test('what two messages say alike is kept once, and what they do not is not mixed up', () => {
  const { box, sent } = outbox()
  box.send([text('t', 'status'), text('st', 'up')])
  box.send([text('t', 'status'), text('st', 'active')])
  box.send([text('t', 'status'), text('st', 'active')])
  const [first, second, third] = sent() as [Message, Message, Message]
  expect([first, second, third].map((m) => [get(m, 'st'), get(m, 'seq')])).toEqual([
    ['up', '1'],
    ['active', '2'],
    ['active', '3'],
  ])
  const alike = third.fields.filter((field, i) => field === second.fields[i])
  expect(alike.length).toBe(third.fields.length - 1)
})

test('a field of the same name and another type is another field', () => {
  const { box, sent } = outbox()
  box.send([text('t', 'x'), { type: 3, name: 'list', value: ['a'] }])
  box.send([text('t', 'x'), text('list', 'a')])
  expect(sent().map((m) => m.fields.find((f) => f.name === 'list'))).toEqual([
    { type: 3, name: 'list', value: ['a'] },
    { type: 0, name: 'list', value: 'a' },
  ])
})

test('names without end, as clients may invent them, are not kept without end', () => {
  const { box } = outbox()
  for (let i = 0; i < 1000; i++) box.send([text('t', 'x'), text(`name${i}`, 'v')])
  expect((box as unknown as { said: Map<string, unknown> }).said.size).toBeLessThanOrEqual(64)
})
