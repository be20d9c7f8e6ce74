import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logging } from '../../src/config/types.ts'
import { createLogger, type LoggerOptions } from '../../src/log/logger.ts'
import { local } from './local.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hb-logger-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const at = (name: string) => join(dir, name)
const lines = (name: string) => readFileSync(at(name), 'utf8').trimEnd().split('\n')

function start(logging: Partial<Logging>, over: Partial<LoggerOptions> = {}) {
  const stderr: string[] = []
  const syslog: string[] = []
  const now = { ms: 0 }
  const logger = createLogger({
    logging: {
      facility: null,
      logfile: null,
      debugfile: null,
      useLogd: false,
      syslogmsgfmt: true,
      logBadpack: true,
      debug: 0,
      ...logging,
    },
    node: 'alpha',
    pid: 42,
    clock: () => ({ ms: now.ms, wallMs: local(0, 31, 12) + now.ms }),
    foreground: false,
    stderr: { write: (line) => stderr.push(line) },
    sendDatagram: (_, bytes) => syslog.push(Buffer.from(bytes).toString()) > 0,
    owner: null,
    ...over,
  })
  return { logger, stderr, syslog, now }
}

describe('lines go where ha.cf says', () => {
  test('logfile gets all but debug, debugfile everything', () => {
    const { logger } = start({ logfile: at('ha-log'), debugfile: at('ha-debug') })
    logger.log('info', 'one')
    logger.log('debug', 'two')
    logger.log('ERROR', 'three')
    expect(lines('ha-log')).toEqual([
      'Jan 31 12:00:00 alpha heartbeat: [42]: info: one',
      'Jan 31 12:00:00 alpha heartbeat: [42]: ERROR: three',
    ])
    expect(lines('ha-debug')).toHaveLength(3)
    expect(logger.targets).toEqual([at('ha-log'), at('ha-debug')])
  })

  test('syslogmsgfmt off', () => {
    const { logger } = start({ logfile: at('ha-log'), syslogmsgfmt: false })
    logger.log('WARN', 'x', 'ResourceManager')
    expect(lines('ha-log')).toEqual(['ResourceManager[42]: 2026/01/31_12:00:00 WARN: x'])
  })

  test('logfacility', () => {
    const { logger, syslog } = start({ facility: 'local0' })
    logger.log('info', 'x')
    expect(syslog).toEqual(['<134>Jan 31 12:00:00 heartbeat: [42]: info: x'])
    expect(logger.targets).toEqual(['syslog local0'])
  })

  test('debug lines reach syslog and the terminal only with debug switched on', () => {
    for (const debug of [0, 1]) {
      const { logger, syslog, stderr } = start({ facility: 'daemon', debug }, { foreground: true })
      logger.log('debug', 'x')
      expect([syslog.length, stderr.length]).toEqual([debug, debug])
    }
  })

  test('debug may be switched on and off while it runs', () => {
    let level = 0
    const { logger, syslog } = start({ facility: 'daemon' }, { debugLevel: () => level })
    logger.log('debug', 'one')
    level = 1
    logger.log('debug', 'two')
    level = 0
    logger.log('debug', 'three')
    expect(syslog.map((line) => line.split(' ').at(-1))).toEqual(['two'])
  })

  test('the foreground shows them on standard error', () => {
    const { logger, stderr } = start({}, { foreground: true })
    logger.log('info', 'x')
    expect(stderr).toEqual(['heartbeat[42]: 2026/01/31_12:00:00 info: x'])
  })

  test('where only the logging daemon is named its lines end in syslog', () => {
    expect(start({ useLogd: true }).logger.targets).toEqual(['syslog daemon'])
    expect(start({ useLogd: true, logfile: at('x') }).logger.targets).toEqual([at('x')])
  })

  test.each([{ facility: 'none' }, { logfile: '/dev/null' }, { debugfile: '/dev/null' }])(
    '%p is nowhere',
    (logging) => {
      expect(start(logging).logger.targets).toEqual([])
    },
  )

  test('a host without syslog does without', () => {
    expect(start({ facility: 'daemon' }, { sendDatagram: null }).logger.targets).toEqual([])
  })
})

describe('the log about itself', () => {
  test('a full disk is told on standard error and in the other targets, at its beginning', () => {
    const { logger, stderr, syslog } = start({ logfile: '/dev/full', facility: 'daemon' })
    logger.log('info', 'one')
    logger.log('info', 'two')
    const text = 'WARN: log file /dev/full: no space left on the device; lines are lost until this ends'
    expect(stderr).toEqual([`heartbeat[42]: 2026/01/31_12:00:00 ${text}`])
    expect(syslog.filter((line) => line.includes(text))).toHaveLength(1)
    expect(syslog.filter((line) => line.includes('info:'))).toHaveLength(2)
    expect(logger.lost()).toEqual({ '/dev/full': 2, 'syslog daemon': 0 })
  })

  test('in the foreground it is told once, not twice', () => {
    const { logger, stderr } = start({ logfile: '/dev/full' }, { foreground: true })
    logger.log('info', 'one')
    expect(stderr.filter((line) => line.includes('/dev/full'))).toHaveLength(1)
  })

  test('everything failing at once ends', () => {
    const { logger, stderr } = start(
      { logfile: '/dev/full', debugfile: dir, facility: 'daemon' },
      {
        sendDatagram: () => {
          throw new Error('no')
        },
      },
    )
    for (let i = 0; i < 10; i++) logger.log('info', 'x')
    expect(stderr).toHaveLength(3)
  })
})

test('files are opened anew when asked, and closed', () => {
  const { logger } = start({ logfile: at('ha-log') })
  logger.log('info', 'one')
  renameSync(at('ha-log'), at('ha-log.1'))
  logger.log('info', 'two')
  expect(existsSync(at('ha-log'))).toBe(false)
  logger.reopen()
  logger.log('info', 'three')
  expect([lines('ha-log.1').length, lines('ha-log').length]).toEqual([2, 1])
  logger.close()
})

describe('other directives for a running daemon', () => {
  const before: Logging = {
    facility: null,
    logfile: null,
    debugfile: null,
    useLogd: false,
    syslogmsgfmt: true,
    logBadpack: true,
    debug: 0,
  }

  test('a file that is new is written to, one that is gone no longer; one that stays is not touched', () => {
    const { logger } = start({ logfile: at('a'), debugfile: at('stays') })
    logger.log('info', 'one')
    logger.configure({ ...before, logfile: at('b'), debugfile: at('stays') })
    logger.log('info', 'two')
    expect([lines('a').length, lines('b').length, lines('stays').length]).toEqual([1, 1, 2])
    expect(logger.targets).toEqual([at('b'), at('stays')])
  })

  test('syslogmsgfmt and logfacility', () => {
    const { logger, syslog } = start({ logfile: at('log') })
    logger.configure({ ...before, logfile: at('log'), syslogmsgfmt: false, facility: 'local0' })
    logger.log('info', 'x')
    expect(lines('log')[0]).toMatch(/^heartbeat\[42\]: /)
    expect(syslog.length).toBe(1)
    logger.configure({ ...before, logfile: at('log'), facility: 'local3' })
    logger.log('info', 'x')
    expect(syslog[1]).toMatch(/^<158>/)
  })
})
