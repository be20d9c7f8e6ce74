/** What holds for every entry of the table, and that no directive of heartbeat is missing from it. */
import { describe, expect, test } from 'bun:test'
import type { Table } from '../../src/config/table.ts'
import { haTable, haThemes, hbTable, hbThemes } from '../../src/config/table.ts'
import { haCf, read, readWith, right } from './helper.ts'

const known = `node bcast ucast ucast6 mcast mcast6 serial ping ping6 ping_group udpport baud autojoin cluster uuidfrom
  hopfudge msgfmt keepalive deadtime warntime initdead deadping max_rexmit_delay hbgenmethod auto_failback nice_failback
  stonith stonith_host respawn failfast env watchdog quorum_server logfacility logfile debugfile use_logd conn_logd_time
  syslogmsgfmt log_badpack debug realtime rtprio memreserve coredumps coreroot use_apphbd normalpoll apiauth compression
  compression_threshold traditional_compression pacemaker crm crm_daemon_dir crmd_spawns_pengine record_config_changes
  record_pengine_inputs enable_config_writes hbaping tipc rds openais udp`.split(/\s+/)

test('every directive of ha.cf is known, and no other', () => {
  expect([...haTable.keys()].toSorted()).toEqual(known.toSorted())
})

test('no name stands in both files', () => {
  expect([...hbTable.keys()].filter((name) => haTable.has(name))).toEqual([])
})

const recorded = `udpport baud autojoin cluster uuidfrom hopfudge msgfmt keepalive deadtime warntime initdead deadping
  max_rexmit_delay hbgenmethod auto_failback watchdog quorum_server logfacility logfile debugfile use_logd conn_logd_time
  syslogmsgfmt log_badpack debug realtime rtprio memreserve coredumps coreroot`.split(/\s+/)

test('those that heartbeat records are recorded', () => {
  const found = [...haTable.values()].filter((d) => d.recorded).map((d) => d.name)
  expect(found.toSorted()).toEqual(recorded.toSorted())
})

const both: [string, Table][] = [
  ['ha.cf', haTable],
  ['hb.cf', hbTable],
]

describe.each(both)('%s', (file, table) => {
  for (const [name, directive] of table) {
    test(`${name}: its example is right, its texts are whole`, () => {
      expect(directive.grammar.startsWith(directive.name)).toBe(true)
      expect(directive.meaning).toMatch(/\.$/)
      expect(table.has(directive.example.split(' ')[0]!)).toBe(true)
      const base = haCf.replace(/^(keepalive|deadtime).*\n/gm, '')
      const { problems } =
        file === 'ha.cf' ? read({ haCf: `${base}${directive.example}\n` }) : read({ hbCf: `${directive.example}\n` })
      const hard = problems.filter((p) => p.severity === 'error' && !p.message.includes('node stands in line'))
      expect(hard).toEqual([])
    })
    test(`${name}: with no value it is said to be ignored or wrong`, () => {
      const { problems } = file === 'ha.cf' ? readWith(`${name}\n`) : read({ hbCf: `${name}\n` })
      const message = problems.map((p) => p.message).join()
      expect(message).toMatch(/no value behind it: ignored|something is missing at the end of the line/)
    })
  }
})

test('each default gives its value', () => {
  const { cluster, ...config } = right(read({ haCf: 'bcast eth0\nnode alpha beta\n' }))
  expect(cluster).toMatchObject({
    keepaliveMs: 1000,
    deadtimeMs: 30_000,
    warntimeMs: 15_000,
    initdeadMs: 30_000,
    deadpingMs: 30_000,
    maxRexmitDelayMs: 250,
    hopfudge: 1,
    autoFailback: 'legacy',
    startTimeoutMs: 60_000,
    stopTimeoutMs: 60_000,
    statusTimeoutMs: 20_000,
    stopFailure: 'block',
    unserved: 'take',
    fencing: false,
  })
  expect(config).toMatchObject({
    clusterName: 'linux-ha',
    media: [{ kind: 'bcast', device: 'eth0', port: 694 }],
    logging: { facility: 'daemon', logfile: null, debugfile: null, syslogmsgfmt: true, logBadpack: true, debug: 0 },
    watchdog: null,
    stonith: null,
    realtime: true,
    rtprio: null,
    hbgenmethod: 'file',
    uuidfrom: 'file',
    msgfmt: 'classic',
    coredumps: true,
    coreroot: '/var/lib/heartbeat/cores',
    http: { host: '127.0.0.1', port: 8694 },
    addresses: { lease: true, arpCount: null, arpIntervalMs: null, arpRefreshMs: 0 },
    fifo: 'auto',
  })
})

test('every value but those that may be missing has a default', () => {
  const names = [...haThemes, ...hbThemes].flatMap((t) => t.directives)
  const none = names.filter((d) => d.default === undefined && d.defaultNote === undefined).map((d) => d.name)
  const optional = ['logfacility', 'logfile', 'debugfile', 'watchdog', 'quorum_server', 'stonith', 'stonith_host']
  const lists = names.filter((d) => d.repeat === 'many').map((d) => d.name)
  expect(none.filter((n) => ![...optional, ...lists, 'nice_failback', 'normalpoll'].includes(n)).toSorted()).toEqual([
    'crm_daemon_dir',
    'crmd_spawns_pengine',
    'enable_config_writes',
    'record_config_changes',
    'record_pengine_inputs',
  ])
})
