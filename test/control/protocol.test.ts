import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  ControlError,
  type ControlRequest,
  parseReply,
  parseRequest,
  REPLY_BYTES_MAX,
  replyLine,
  requestLine,
} from '../../src/control/protocol.ts'

const requests: ControlRequest[] = [
  { verb: 'ping' },
  { verb: 'status' },
  { verb: 'stop' },
  { verb: 'reload' },
  { verb: 'standby', set: 'all' },
  { verb: 'standby', set: 'foreign' },
  { verb: 'takeover', set: 'local' },
]

const refusal = (line: string) => {
  const parsed = parseRequest(line)
  return 'refusal' in parsed ? parsed.refusal : undefined
}

describe('a request', () => {
  test.each(requests)('comes back as it was sent: %j', (request) => {
    const line = requestLine('a-1', request)
    expect(line.endsWith('\n')).toBe(true)
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(parseRequest(line)).toEqual({ id: 'a-1', request })
  })

  test('drops what it does not know', () => {
    const line = '{"version":1,"id":7,"verb":"status","set":"all","__proto__":{"x":1},"more":[1]}'
    expect(parseRequest(line)).toEqual({ id: 7, request: { verb: 'status' } })
  })

  test.each([
    ['', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['"status"', 'not a JSON object'],
    ['{', 'not a JSON object'],
    ['['.repeat(60_000), 'not a JSON object'],
    ['{"verb":"status"}', 'the request speaks control version missing, this hb speaks 1'],
    ['{"version":2,"verb":"status"}', 'control version 2, this hb speaks 1: use the hb of the daemon'],
    ['{"version":"1","verb":"status"}', 'control version "1"'],
    ['{"version":1}', 'verb is missing, expected one of ping, status, stop, reload, standby, takeover'],
    ['{"version":1,"verb":"statsu"}', 'verb is "statsu", expected one of'],
    ['{"version":1,"verb":["stop"]}', 'verb is ["stop"], expected'],
    ['{"version":1,"verb":"standby"}', 'standby: set is missing, expected one of all, local, foreign'],
    ['{"version":1,"verb":"takeover","set":"ALL"}', 'takeover: set is "ALL"'],
  ])('that is none is refused with the reason: %.40s', (line, expected) => {
    expect(refusal(line)).toContain(expected)
  })

  test('quotes a long word only in part', () => {
    expect(refusal(`{"version":1,"verb":"${'x'.repeat(60_000)}"}`)!.length).toBeLessThan(200)
  })

  test('keeps the id of what it refuses, when it is a usable one', () => {
    expect(parseRequest('{"id":"q"}').id).toBe('q')
    expect(parseRequest('{"id":3}').id).toBe(3)
    expect(parseRequest('{"id":{"a":1}}').id).toBe(null)
    expect(parseRequest(`{"id":"${'i'.repeat(65)}"}`).id).toBe(null)
  })

  test('never throws, whatever the line', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((v) => JSON.stringify(v)),
        ),
        (line) => {
          parseRequest(line)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a reply', () => {
  test('comes back as it was sent', () => {
    const reply = { ok: false, text: 'no: the peer is dead\nsecond line', data: { a: [1, 'ü'] } }
    const line = replyLine('x', reply)
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(parseReply(line)).toEqual(reply)
    expect(JSON.parse(line).id).toBe('x')
  })

  test('without data stays without', () => {
    expect(parseReply(replyLine(1, { ok: true, text: 'pong' })).data).toBeUndefined()
  })

  test('that cannot be written down says so', () => {
    const circle: Record<string, unknown> = {}
    circle.circle = circle
    const reply = parseReply(replyLine(1, { ok: true, text: '', data: circle }))
    expect(reply.ok).toBe(false)
    expect(reply.text).toContain('the answer cannot be sent')
  })

  test('that is too large says so', () => {
    const reply = parseReply(replyLine(1, { ok: true, text: '', data: 'x'.repeat(REPLY_BYTES_MAX) }))
    expect(reply).toEqual({ ok: false, text: `the answer is larger than ${REPLY_BYTES_MAX} bytes`, data: undefined })
  })

  test.each([
    ['HTTP/1.1 400 Bad Request', 'the answer is not a JSON object'],
    ['{"version":2,"ok":true,"text":""}', 'the daemon speaks control version 2, this hb speaks 1'],
    ['{"version":1,"ok":"yes","text":""}', 'the answer lacks ok or text'],
    ['{"version":1,"ok":true}', 'the answer lacks ok or text'],
  ])('that is none is an error: %s', (line, expected) => {
    expect(() => parseReply(line)).toThrow(expected)
    expect(() => parseReply(line)).toThrow(ControlError)
  })
})
