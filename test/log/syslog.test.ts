import { describe, expect, test } from 'bun:test'
import { FACILITIES, Syslog } from '../../src/log/syslog.ts'
import { local } from './local.ts'

const wallMs = local(10, 23, 1, 2, 3)
const entry = { level: 'WARN', text: 'Late heartbeat', wallMs, program: 'heartbeat' } as const
const origin = { node: 'alpha', pid: 9 }

function syslog(facility: string, answer: () => boolean = () => true) {
  const sent: string[] = []
  const told: string[] = []
  const send = (path: string, bytes: Uint8Array) => {
    sent.push(`${path} ${Buffer.from(bytes).toString()}`)
    return answer()
  }
  return { sent, told, it: new Syslog(facility, send, (text) => told.push(text)) }
}

describe('syslog', () => {
  test('is one datagram a line to /dev/log', () => {
    const { sent, it } = syslog('local0')
    it.write(entry, origin)
    expect(sent).toEqual(['/dev/log <132>Nov 23 01:02:03 heartbeat: [9]: WARN: Late heartbeat'])
  })

  test.each([
    ['CRIT', 26],
    ['ERROR', 27],
    ['WARN', 28],
    ['notice', 29],
    ['info', 30],
    ['debug', 31],
  ] as const)('%s of daemon is priority %d', (level, priority) => {
    const { sent, it } = syslog('daemon')
    it.write({ ...entry, level }, origin)
    expect(sent[0]).toStartWith(`/dev/log <${priority}>`)
  })

  test('knows the facilities that ha.cf may name', () => {
    expect(FACILITIES).toMatchObject({ kern: 0, user: 1, daemon: 3, auth: 4, authpriv: 10, local0: 16, local7: 23 })
  })

  test('without a syslog daemon: told once, counted, told when it is back', () => {
    let up = false
    const { told, it } = syslog('daemon', () => up)
    it.write(entry, origin)
    it.write(entry, origin)
    up = true
    it.write(entry, origin)
    expect(told).toEqual([
      'syslog (/dev/log): no syslog daemon takes the lines; lines are lost until this ends',
      'syslog (/dev/log): works again, 2 lines were lost',
    ])
    expect(it.lost).toBe(2)
  })

  test('an exception of the sender is a lost line', () => {
    const { told, it } = syslog('daemon', () => {
      throw new Error('ENOENT')
    })
    it.write(entry, origin)
    expect(told).toEqual(['syslog (/dev/log): ENOENT; lines are lost until this ends'])
  })
})
