/** The control socket: requests as text, and whatever bytes at the socket itself. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { ControlError, parseReply, parseRequest, replyLine, requestLine } from '../../src/control/protocol.ts'
import { echo, lines, say, scene } from '../control/scene.ts'
import { fuzz, LONG_MS } from './fuzz.ts'
import { Mutator } from './mutate.ts'

setDefaultTimeout(LONG_MS)

const requests = [
  requestLine(1, { verb: 'status' }),
  requestLine('a', { verb: 'standby', set: 'all' }),
  requestLine(null, { verb: 'maintenance', on: true, group: '10.0.0.1' }),
  requestLine(2, { verb: 'clear', group: null }),
  requestLine(3, { verb: 'upgrade', path: '/usr/sbin/hb' }),
]
const words = [
  '{',
  '}',
  '[',
  ']',
  'null',
  'true',
  '"verb":',
  '"set":"local"',
  '"version":1',
  '"__proto__":',
  '\\u0000',
  '"id":',
]
const mutator = new Mutator(requests, words, 8192)

test('requests and replies', () => {
  let understood = 0
  fuzz('control, lines', mutator.inputs, 20_000, (line) => {
    const parsed = parseRequest(line)
    if ('refusal' in parsed) lineOf(parsed.refusal)
    else {
      understood++
      if (!('request' in parseRequest(requestLine(parsed.id, parsed.request))))
        throw new Error('said again, it is refused')
    }
    lineOf(replyLine(parsed.id, { ok: true, text: line }).slice(0, -1))
    reply(line)
  })
  expect(understood).toBeGreaterThan(0)
})

function lineOf(text: string): void {
  if (text.includes('\n')) throw new Error(`two lines: ${text}`)
}

function reply(line: string): void {
  try {
    parseReply(line)
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
  }
}

/** A machine that stands still for a moment outlasts the socket's short time limit here; the next caller counts. */
async function served(path: string): Promise<boolean> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const [answer] = lines(await say(path, requests[0]!)) as { ok?: boolean; text?: string }[]
    if (answer?.ok === true && answer.text === 'status') return true
  }
  return false
}

test('bytes at the socket: an answer to each line, and the next caller is served', async () => {
  const { path, close } = await scene(echo, { lineMs: 200, closeMs: 100 })
  try {
    await fc.assert(
      fc.asyncProperty(mutator.inputs, async (text) => {
        for (const answer of lines(await say(path, Buffer.from(text, 'latin1')))) {
          expect(answer).toMatchObject({ version: 1, ok: expect.any(Boolean), text: expect.any(String) })
        }
        expect(await served(path)).toBe(true)
      }),
      { numRuns: 300 },
    )
  } finally {
    await close()
  }
})
