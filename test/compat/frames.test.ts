import { describe, expect, test } from 'bun:test'
import { FRAME_BYTES_MAX, FrameReader, frame } from '../../src/compat/frames.ts'
import { message, wordsOf } from './scene.ts'

const one = message('t=hbapi-req', 'reqtype=signon')
const two = message('t=hbapi-req', 'reqtype=nodelist')

function read(reader: FrameReader): string[] {
  const found: string[] = []
  for (let m = reader.next(); m !== null; m = reader.next()) {
    found.push(typeof m === 'string' ? `problem: ${m}` : wordsOf(m))
    if (typeof m === 'string') break
  }
  return found
}

const header = (length: number, magic: number) => new Uint8Array(new Uint32Array([length, magic]).buffer)

describe('frames', () => {
  test('are what heartbeat’s cl_status was seen to send', () => {
    const words = ['dest=node1', 'pid=740', 'from_id=740', 'uid=0', 'gid=112']
    const bytes = frame(message('t=hbapi-req', 'reqtype=signon', ...words))
    expect(Buffer.from(bytes).toString('latin1')).toBe(
      `Q\0\0\0\xcd\xab\0\0>>>\nt=hbapi-req\nreqtype=signon\n${words.join('\n')}\n<<<\n\0`,
    )
  })

  test('come in pieces of any size', () => {
    const bytes = Buffer.concat([frame(one), frame(two), frame(one)])
    for (const size of [1, 3, 7, 8, 9, 50, 1000]) {
      const reader = new FrameReader()
      const found: string[] = []
      for (let at = 0; at < bytes.length; at += size) {
        reader.add(bytes.subarray(at, at + size))
        found.push(...read(reader))
      }
      expect(found).toEqual([wordsOf(one), wordsOf(two), wordsOf(one)])
      expect(reader.waiting).toBe(0)
    }
  })

  test.each([
    ['another magic', header(10, 0xabce), 'not a frame'],
    ['too long', header(FRAME_BYTES_MAX + 1, 0xabcd), 'at most 262144'],
    ['a negative length', header(0xffffffff, 0xabcd), 'at most 262144'],
    ['no message in it', Buffer.concat([header(4, 0xabcd), Buffer.from('abc\0')]), 'not-heartbeat'],
    ['nothing in it', header(0, 0xabcd), 'not-heartbeat'],
    ['no end mark', Buffer.concat([header(8, 0xabcd), Buffer.from('>>>\na=b\n')]), 'malformed'],
  ])('are refused: %s', (_, bytes, why) => {
    const reader = new FrameReader()
    reader.add(bytes)
    expect(read(reader).join()).toContain(why)
  })

  test('cannot carry what the text form cannot', () => {
    expect(() => frame(message('bad=\0'))).toThrow(RangeError)
  })
})
