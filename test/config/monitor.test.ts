import { describe, expect, test } from 'bun:test'
import { read, right, said } from './helper.ts'

const monitors = (words: string) => right(read({ hbCf: `monitor 192.168.0.100 ${words}\n` })).cluster.monitors![0]!

describe('a monitor', () => {
  test('has every word in any order, or the usual values', () => {
    expect(monitors('restarts 2 every 500ms fail 1 within 90 timeout 0.2 via status')).toMatchObject({
      resource: '192.168.0.100',
      everyMs: 500,
      timeoutMs: 200,
      fail: 1,
      restarts: 2,
      withinMs: 90_000,
      probe: { kind: 'status' },
    })
    expect(monitors('via tcp db:5432')).toMatchObject({
      everyMs: 10_000,
      timeoutMs: 5000,
      fail: 3,
      restarts: 1,
      withinMs: 60_000,
    })
  })

  test.each([
    ['tcp [::1]:80', { kind: 'tcp', host: '::1', port: 80 }],
    ['http http://127.0.0.1:8080/health', { kind: 'http', url: 'http://127.0.0.1:8080/health', expect: 200 }],
    ['http https://web/ expect 204', { kind: 'http', url: 'https://web/', expect: 204 }],
    ['script /usr/local/bin/ask', { kind: 'script', path: '/usr/local/bin/ask' }],
  ])('asks via %s', (words, probe) => {
    expect(monitors(`via ${words}`).probe).toEqual(probe as never)
  })

  test.each([
    ['192.168.0.100', ":1:22 error '': monitor: something is missing at the end of the line"],
    ['192.168.0.100 via', ":1:26 error '': monitor: something is missing at the end of the line"],
    ['192.168.0.100 ever 2 via status', ":1:23 error 'ever': monitor: not a word of a monitor"],
    ['192.168.0.100 every soon via status', ":1:29 error 'soon': monitor: not a time"],
    ['192.168.0.100 fail 0 via status', ":1:28 error '0': monitor: out of range"],
    ['192.168.0.100 via tcp db', ":1:31 error 'db': monitor: not a host with a port"],
    ['192.168.0.100 via http db', ":1:32 error 'db': monitor: not an http address"],
    ['192.168.0.100 via http http://db expect 20', ":1:49 error '20': monitor: not a status code of HTTP"],
    ['192.168.0.100 via status now', ":1:34 error 'now': monitor: one word too many"],
    ['192.168.0.100 via script ask', ":1:34 error 'ask': monitor: not a full path"],
    ['192.168.0.10 via status', ":1:1 error '192.168.0.10': no such resource in haresources"],
  ])('%s', (words, problem) => {
    expect(said(read({ hbCf: `monitor ${words}\n` }).problems).map((p) => p.replace(/^[^:]*/, ''))).toContain(problem)
  })
})
