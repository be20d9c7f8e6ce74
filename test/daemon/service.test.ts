import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Service, statusLine } from '../../src/daemon/service.ts'
import type { GroupView, Snapshot } from '../../src/io.ts'
import { serviceNotify, unixAddress } from '../../src/linux/notify.ts'
import { AF_UNIX, RawSocket, SOCK_DGRAM } from '../../src/linux/socket.ts'

const group = (key: string, state: GroupView['state']) => ({ key, state }) as GroupView
const snapshot = (...groups: GroupView[]) => ({ node: 'alpha', phase: 'active', groups }) as unknown as Snapshot

function watched(answers: (string | null)[] = []) {
  const sent: string[] = []
  const logged: string[] = []
  const time = { ms: 0 }
  const now = { phase: 'active' }
  const service = new Service({
    snapshot: () => ({ ...snapshot(group('10.0.0.1', 'held'), group('10.0.0.2', 'stopped')), ...now }) as Snapshot,
    log: (level, text) => logged.push(`${level} ${text}`),
    nowMs: () => time.ms,
    send: (state) => {
      sent.push(state)
      return answers.shift() ?? null
    },
  })
  return { service, sent, logged, time, now }
}

const STATUS = 'STATUS=alpha is active, holds 1 of 2 groups'

describe('the service manager', () => {
  test('hears READY with the first beat, and then at most once a second that the loop turns', () => {
    const { service, sent, time } = watched()
    for (time.ms = 0; time.ms <= 2000; time.ms += 200) service.beaten()
    expect(sent).toEqual([`READY=1\nWATCHDOG=1\n${STATUS}`, `WATCHDOG=1\n${STATUS}`, `WATCHDOG=1\n${STATUS}`])
  })

  test('hears of the end once, and that the loop turns until it has come', () => {
    const { service, sent, time, now } = watched()
    for (; time.ms <= 3000; time.ms += 1000) {
      if (time.ms === 1000) now.phase = 'stopping'
      service.beaten()
    }
    const ending = 'STATUS=alpha is stopping, holds 1 of 2 groups'
    const expected = [`WATCHDOG=1\n${ending}`, `WATCHDOG=1\n${ending}`]
    expect(sent.slice(1)).toEqual([`STOPPING=1\n${expected[0]}`, ...expected])
  })

  test('hears when a configuration is being read, and with the next beat that it is over', () => {
    const { service, sent, time } = watched()
    service.beaten()
    time.ms = 300
    service.reloading()
    service.beaten()
    expect(sent[1]).toMatch(/^RELOADING=1\nMONOTONIC_USEC=[0-9]{6,}$/)
    expect(sent[2]).toBe(`READY=1\nWATCHDOG=1\n${STATUS}`)
  })

  test('hears of an end that came between two beats, and of none twice', () => {
    const { service, sent } = watched()
    service.beaten()
    service.ended()
    service.ended()
    expect(sent.slice(1)).toEqual(['STOPPING=1'])
    const other = watched()
    other.service.beaten()
    other.now.phase = 'stopping'
    other.service.beaten()
    other.service.ended()
    expect(other.sent.filter((text) => text.includes('STOPPING')).length).toBe(1)
    expect(other.sent.length).toBe(2)
  })

  test('that cannot be told is logged once, and once when it hears again', () => {
    const { service, logged, time } = watched(['/x: nobody listens', '/x: nobody listens', null])
    for (time.ms = 0; time.ms <= 4000; time.ms += 1000) service.beaten()
    expect(logged).toEqual([
      'WARN the service manager cannot be told: /x: nobody listens',
      'WARN the service manager hears hb again',
    ])
  })
})

describe('the line beside the service', () => {
  test('counts what is held', () => expect(statusLine(snapshot())).toBe('alpha is active, holds 0 of 0 groups'))

  test('names what has failed', () => {
    const groups = [group('a', 'failed'), group('b', 'stop-failed'), group('c', 'held')]
    expect(statusLine(snapshot(...groups))).toBe('alpha is active, holds 1 of 3 groups; failed: a, b')
  })
})

describe.skipIf(process.platform !== 'linux')('over a socket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hb-service-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  for (const path of [join(folder, 'notify'), `@hb-test-${process.pid}`]) {
    test(`${path.startsWith('@') ? 'without a file' : 'with a file'}, the words arrive as they are`, () => {
      const socket = new RawSocket('the test socket', AF_UNIX, SOCK_DGRAM, 0)
      socket.bind(unixAddress(path)!)
      const service = new Service({
        snapshot: () => snapshot(),
        log: (_, text) => expect(text).toBe(''),
        send: (state) => serviceNotify(state, path),
      })
      service.beaten()
      const buffer = new Uint8Array(500)
      const next = () => new TextDecoder().decode(buffer.subarray(0, Math.max(0, socket.receive(buffer))))
      expect(next()).toBe('READY=1\nWATCHDOG=1\nSTATUS=alpha is active, holds 0 of 0 groups')
      expect(next()).toBe('')
      socket.close()
    })
  }

  test('without a manager nothing is sent and nothing is wrong', () => {
    expect(serviceNotify('READY=1', '')).toBeNull()
  })
})
