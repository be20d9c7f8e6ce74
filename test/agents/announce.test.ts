import { describe, expect, test } from 'bun:test'
import { type Announced, Announcer } from '../../src/agents/announce.ts'
import { parseIp } from '../../src/linux/ip.ts'

/** Timers that fire when they are told to; times of frames are told from when the interface is looked up. */
function setup(settings: { arpCount?: number; arpIntervalMs?: number; arpRefreshMs?: number } = {}) {
  let nowMs = 0
  let timers: { atMs: number; action: () => void }[] = []
  const framesMs: number[] = []
  const log: string[] = []
  const announcer = new Announcer({
    netlink: () => {
      framesMs.push(nowMs)
      throw new Error('no network in this test')
    },
    addresses: () => ({ arpCount: null, arpIntervalMs: null, arpRefreshMs: 0, ...settings }),
    timers: {
      set(action, ms) {
        const timer = { atMs: nowMs + ms, action }
        timers.push(timer)
        return timer
      },
      clear(timer) {
        timers = timers.filter((t) => t !== timer)
      },
    },
    log: (level, text) => log.push(`${level} ${text}`),
  })
  const advance = (untilMs: number): void => {
    for (let due = next(); due && due.atMs <= untilMs; due = next()) {
      timers = timers.filter((t) => t !== due)
      nowMs = due.atMs
      due.action()
    }
    nowMs = untilMs
  }
  const next = () => [...timers].sort((a, b) => a.atMs - b.atMs)[0]
  return { announcer, framesMs, log, advance, pending: () => timers.length }
}

const what = (agent: Announced['agent'], ip = '10.0.0.1'): Announced => ({
  key: ip,
  agent,
  ip: parseIp(ip)!,
  device: 'eth0',
})

describe("heartbeat's spacing", () => {
  test('IPaddr: ten pairs in 4.75 s, the first pair at once', () => {
    const { announcer, framesMs, advance, pending } = setup()
    announcer.announce(what('IPaddr'), 'test')
    expect(framesMs).toEqual([0, 0])
    advance(10_000)
    const pairs = Array.from({ length: 9 }, (_, n) => [500 * (n + 1), 500 * (n + 1) + 250])
    expect(framesMs).toEqual([0, 0, ...pairs.flat()])
    expect(pending()).toBe(0)
  })

  test('IPaddr2: five pairs in 0.9 s', () => {
    const { announcer, framesMs, advance } = setup()
    announcer.announce(what('IPaddr2'), 'test')
    advance(10_000)
    expect(framesMs).toEqual([0, 0, 200, 300, 400, 500, 600, 700, 800, 900])
  })

  test('IPv6: five advertisements', () => {
    const { announcer, framesMs, advance } = setup()
    announcer.announce(what('IPaddr2', 'fd00::1'), 'test')
    advance(10_000)
    expect(framesMs).toEqual([0, 200, 400, 600, 800])
  })

  test('as hb.cf wants it', () => {
    const { announcer, framesMs, advance } = setup({ arpCount: 2, arpIntervalMs: 1000 })
    announcer.announce(what('IPaddr'), 'test')
    advance(10_000)
    expect(framesMs).toEqual([0, 0, 1000, 1500])
  })

  test('repeated while held, until it is stopped', () => {
    const { announcer, framesMs, advance, pending } = setup({ arpCount: 1, arpRefreshMs: 60_000 })
    announcer.announce(what('IPaddr'), 'test')
    advance(130_000)
    expect(framesMs).toEqual([0, 0, 60_000, 60_000, 120_000, 120_000])
    announcer.stop('10.0.0.1')
    expect(pending()).toBe(0)
  })
})

describe('beginning and end', () => {
  test('again while it is under way begins anew', () => {
    const { announcer, framesMs, advance, pending } = setup({ arpCount: 2, arpIntervalMs: 100 })
    announcer.announce(what('IPaddr'), 'test')
    advance(50)
    announcer.announce(what('IPaddr'), 'a conflict')
    expect(pending()).toBe(1)
    advance(1000)
    expect(framesMs).toEqual([0, 0, 50, 50, 150, 200])
  })

  test('its promise is kept at the end and by stop', async () => {
    const { announcer, advance } = setup()
    const whole = announcer.announce(what('IPaddr'), 'test')
    const cut = announcer.announce(what('IPaddr', '10.0.0.2'), 'test')
    announcer.stop('10.0.0.2')
    await cut
    advance(10_000)
    await whole
    await announcer.finished('10.0.0.1')
    await announcer.finished('unknown')
  })

  test('close ends all', () => {
    const { announcer, pending } = setup({ arpRefreshMs: 1000 })
    for (const ip of ['10.0.0.1', '10.0.0.2', 'fd00::1']) announcer.announce(what('IPaddr2', ip), 'test')
    expect(pending()).toBe(3)
    announcer.close()
    expect(pending()).toBe(0)
  })

  test('what goes wrong is said once, not at each frame', () => {
    const { announcer, log, advance } = setup()
    announcer.announce(what('IPaddr'), 'started')
    advance(10_000)
    expect(log).toEqual([
      'info announcing 10.0.0.1 on eth0: started',
      'WARN cannot announce 10.0.0.1 on eth0: no network in this test',
    ])
  })
})
