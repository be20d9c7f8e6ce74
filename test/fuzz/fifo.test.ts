/** heartbeat's FIFO: any bytes, cut anywhere. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { FifoText } from '../../src/compat/fifo-text.ts'
import { route } from '../../src/compat/outgoing.ts'
import { encodeClassic } from '../../src/wire/codec.ts'
import { get } from '../../src/wire/message.ts'
import { latin1 } from '../wire/example.ts'
import { fuzz, LONG_MS } from './fuzz.ts'
import { Mutator } from './mutate.ts'
import { messages, words } from './specimens.ts'

setDefaultTimeout(LONG_MS)

const texts = messages.map((m) => Buffer.from(encodeClassic(m, null)).toString('latin1'))

test('what comes out of the FIFO is a message that may be sent, or a problem', () => {
  const mutator = new Mutator(texts, words, 8192)
  const reader = new FifoText()
  let found = 0
  fuzz('FIFO', fc.tuple(mutator.inputs.map(latin1), fc.nat(400)), 20_000, ([bytes, cut]) => {
    for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
      for (const find of reader.add(part)) {
        found++
        if ('message' in find) sendable(route(find.message, null))
      }
    }
  })
  expect(found).toBeGreaterThan(0)
})

/** A script must not speak in the daemon's name. */
function sendable(out: ReturnType<typeof route>): void {
  if (out.kind !== 'cluster') return
  for (const name of ['src', 'seq', 'hg', 'auth']) {
    if (get(out.message, name) !== undefined) throw new Error(`${name} got through`)
  }
  if (get(out.message, 't') === 'status') throw new Error('a status got through')
}
