/** One row for each rule of ha.cf and hb.cf: the lines, and what comes of them. */
import { describe, expect, test } from 'bun:test'
import type { Config } from '../../src/config/types.ts'
import { haCf, messages, read, readWith, right, said } from './helper.ts'

describe('values', () => {
  const rows: [lines: string, member: (c: Config) => unknown, value: unknown][] = [
    ['keepalive 2', (c) => c.cluster.keepaliveMs, 2000],
    ['keepalive 2 500ms', (c) => c.cluster.keepaliveMs, 500],
    ['keepalive 2\nkeepalive 3', (c) => c.cluster.keepaliveMs, 3000],
    [' \t\r\fkeepalive,2', (c) => c.cluster.keepaliveMs, 2000],
    ['keepalive 2# 3', (c) => c.cluster.keepaliveMs, 2000],
    ['#keepalive 2', (c) => c.cluster.keepaliveMs, 1000],
    ['deadtime 5', (c) => c.cluster.initdeadMs, 12_000],
    ['deadtime 6', (c) => c.cluster.initdeadMs, 12_000],
    ['deadtime 8', (c) => c.cluster.initdeadMs, 16_000],
    ['deadtime 10', (c) => c.cluster.initdeadMs, 20_000],
    ['deadtime 10001ms', (c) => c.cluster.initdeadMs, 10_001],
    ['deadtime 7', (c) => [c.cluster.warntimeMs, c.cluster.deadpingMs], [3500, 7000]],
    ['deadping 4', (c) => c.cluster.deadpingMs, 4000],
    ['max_rexmit_delay 100', (c) => c.cluster.maxRexmitDelayMs, 100],
    ['hopfudge 255', (c) => c.cluster.hopfudge, 255],
    ['auto_failback Yes', (c) => c.cluster.autoFailback, 'on'],
    ['auto_failback legacy', (c) => c.cluster.autoFailback, 'legacy'],
    ['nice_failback on', (c) => c.cluster.autoFailback, 'off'],
    ['auto_failback on\nnice_failback off', (c) => c.cluster.autoFailback, 'off'],
    ['auto_failback legacy\nnice_failback on', (c) => c.cluster.autoFailback, 'legacy'],
    ['crm no', (c) => c.cluster.groups.length, 1],
    ['pacemaker OFF', (c) => c.cluster.groups.length, 1],
    ['autojoin none', (c) => c.cluster.nodes, ['alpha', 'beta']],
    ['node Gamma', (c) => c.cluster.nodes, ['alpha', 'beta', 'gamma']],
    ['cluster web', (c) => c.clusterName, 'web'],
    ['quorum_server q.example.org', (c) => c.clusterName, 'linux-ha'],
    ['uuidfrom nodename', (c) => c.uuidfrom, 'nodename'],
    ['hbgenmethod time', (c) => c.hbgenmethod, 'time'],
    ['msgfmt netstring', (c) => c.msgfmt, 'netstring'],
    ['watchdog /dev/watchdog', (c) => c.watchdog, '/dev/watchdog'],
    [
      'env SITE=north A=b=c E=',
      (c) => [...c.env],
      [
        ['HA_SITE', 'north'],
        ['HA_A', 'b=c'],
        ['HA_E', ''],
      ],
    ],
    ['stonith ssh /etc/x', (c) => c.stonith, { from: '*', type: 'ssh', params: ['-F', '/etc/x'] }],
    ['stonith_host * ssh a b', (c) => c.stonith, { from: '*', type: 'ssh', params: ['-p', 'a b'] }],
    ['stonith_host ALPHA ssh a', (c) => c.stonith?.type, 'ssh'],
    ['stonith_host * ssh', (c) => c.stonith?.params, []],
    ['stonith_host beta ssh a', (c) => c.stonith, null],
    ['stonith ssh /a\nstonith_host * ipmi b', (c) => c.stonith?.type, 'ipmi'],
    ['stonith_host * ipmi b', (c) => c.cluster.fencing, true],
    ['respawn root  /bin/a  -x "b  c"', (c) => c.clients[0]?.command, '/bin/a  -x "b  c"'],
    [
      'respawn u /a\nfailfast u /b',
      (c) => c.clients.map((x) => [x.user, x.failfast]),
      [
        ['u', false],
        ['u', true],
      ],
    ],
    ['realtime no', (c) => c.realtime, false],
    ['rtprio 10', (c) => c.rtprio, 10],
    ['coredumps 0', (c) => c.coredumps, false],
    ['coreroot /tmp', (c) => c.coreroot, '/tmp'],
    ['debug 3', (c) => c.logging.debug, 3],
    ['logfacility LOCAL7', (c) => c.logging.facility, 'local7'],
    ['logfacility none\nlogfile /a', (c) => [c.logging.facility, c.logging.logfile], [null, '/a']],
    ['debugfile /b', (c) => c.logging.debugfile, '/b'],
    ['use_logd yes', (c) => c.logging.useLogd, true],
    ['syslogmsgfmt no\nlog_badpack no', (c) => [c.logging.syslogmsgfmt, c.logging.logBadpack], [false, false]],
    ['apiauth me uid=a,b gid=c', (c) => c.apiauth.at(-1), { client: 'me', uids: ['a', 'b'], gids: ['c'] }],
    [
      'apiauth ping gid=d',
      (c) => c.apiauth.filter((a) => a.client === 'ping'),
      [{ client: 'ping', uids: [], gids: ['d'] }],
    ],
  ]
  test.each(rows)('%p', (lines, member, value) => expect(member(right(readWith(`${lines}\n`)))).toEqual(value))
})

describe('media', () => {
  const base = 'logfacility local0\nnode alpha beta\nauto_failback on\n'
  const media = (lines: string, services = '') => right(read({ haCf: base + lines }, { services })).media

  const port = 694
  const mcast = { device: 'eth0', port, ttl: 1, loop: false }
  test.each<[string, object[]]>([
    [
      'bcast eth0 eth1',
      [
        { kind: 'bcast', device: 'eth0', port },
        { kind: 'bcast', device: 'eth1', port },
      ],
    ],
    ['udp eth0', [{ kind: 'bcast', device: 'eth0', port }]],
    ['ucast eth0 beta.example.org', [{ kind: 'ucast', device: 'eth0', peer: 'beta.example.org', port }]],
    ['ucast6 eth0 fe80::2', [{ kind: 'ucast6', device: 'eth0', peer: 'fe80::2', port }]],
    ['mcast eth0 239.0.0.1 694 1 0', [{ kind: 'mcast', group: '239.0.0.1', ...mcast }]],
    ['mcast6 eth0 ff02::1 694 1 0', [{ kind: 'mcast6', group: 'ff02::1', ...mcast }]],
    ['mcast6 eth0 ff02::1 ha-cluster 1 0', [{ kind: 'mcast6', group: 'ff02::1', ...mcast }]],
    ['udpport 700\nucast eth0 10.0.0.2', [{ kind: 'ucast', device: 'eth0', peer: '10.0.0.2', port: 700 }]],
    ['bcast eth0\nbcast eth0', [{ kind: 'bcast', device: 'eth0', port }]],
  ])('%p', (lines, expected) => expect(media(`${lines}\n`, 'ha-cluster 694/udp\n') as object[]).toEqual(expected))

  test('the port is that of ha-cluster in /etc/services where nothing else is said', () => {
    expect(media('bcast eth0\n', 'ha-cluster 1694/udp\n')).toEqual([{ kind: 'bcast', device: 'eth0', port: 1694 }])
  })

  test('each kind keeps the port of its first use, with a warning where that makes a difference', () => {
    const reading = read({ haCf: `${base}bcast eth0\nudpport 700\nbcast eth1\nucast eth0 10.0.0.2\n` })
    expect(right(reading).media.map((m) => 'port' in m && m.port)).toEqual([694, 694, 700])
    expect(said(reading.problems)).toEqual([
      "ha.cf:5:9 warning '700': udpport stands behind bcast, which keeps port 694",
    ])
    expect(read({ haCf: `${base}bcast eth0\nudpport 694\n` }).problems).toEqual([])
  })

  test('a serial link is read, but is no link of the cluster', () => {
    const config = right(readWith('baud 9600\nserial /dev/ttyS0\n'))
    expect(config.media.at(-1)).toEqual({ kind: 'serial', device: '/dev/ttyS0', baud: 9600 })
    expect(config.cluster.links).toEqual(['eth0'])
  })

  test('ping nodes are named as written, a group by its name', () => {
    const { pingNodes } = right(
      readWith('ping 10.0.0.1 Router\nping6 fe80::1\nping_group g 10.0.0.3 10.0.0.4\n'),
    ).cluster
    expect(pingNodes).toEqual([
      { name: '10.0.0.1', kind: 'ping', hosts: ['10.0.0.1'] },
      { name: 'Router', kind: 'ping', hosts: ['Router'] },
      { name: 'fe80::1', kind: 'ping6', hosts: ['fe80::1'] },
      { name: 'g', kind: 'ping_group', hosts: ['10.0.0.3', '10.0.0.4'] },
    ])
  })

  test('two media on one interface are one link', () => {
    const config = right(read({ haCf: `${base}bcast eth0\nucast eth0 10.0.0.2\nbcast eth1\nping 10.0.0.1\n` }))
    expect(config.cluster.links).toEqual(['eth0', 'eth1'])
  })
})

describe('problems', () => {
  test.each([
    ['keepaliv 1', "ha.cf:7:1 error 'keepaliv': unknown directive"],
    ['Keepalive 1', "ha.cf:7:1 error 'Keepalive': unknown directive"],
    ['lease off', "ha.cf:7:1 error 'lease': unknown directive"],
    ['keepalive', "ha.cf:7:1 warning 'keepalive': no value behind it: ignored"],
    ['keepalive 1 ms', "ha.cf:7:13 error 'ms': keepalive: not a time"],
    ['keepalive 0', "ha.cf:7:11 error '0': keepalive: this time must be more than 0"],
    ['  keepalive\t1s', "ha.cf:7:13 error '1s': keepalive: seconds are written without a unit"],
    ['keepalive 1 2', "ha.cf:7:13 warning '2': several values: the last one counts"],
    ['keepalive 3', "ha.cf:7:11 warning '3': keepalive overrides line 2"],
    ['node BETA', "ha.cf:7:6 error 'BETA': this node stands in line 6 already"],
    ['node a/b', "ha.cf:7:6 error 'a/b': node: not a node name"],
    [`node ${Array.from({ length: 99 }, (_, i) => `n${i}`).join(' ')}`, "ha.cf:7:388 error 'n98': more than 100 nodes"],
    ['ping alpha', "ha.cf:7:6 error 'alpha': a node and a ping node have the same name"],
    ['ping 10.0.0.1 10.0.0.1', "ha.cf:7:15 warning '10.0.0.1': this ping node stands here twice"],
    ['ping6 router', "ha.cf:7:7 error 'router': ping6: not an IPv6 address"],
    ['ping_group g', "ha.cf:7:13 error '': ping_group: something is missing at the end of the line"],
    ['ucast eth0', "ha.cf:7:11 error '': ucast: something is missing at the end of the line"],
    ['ucast eth0 10.0.0.300', "ha.cf:7:12 error '10.0.0.300': ucast: neither an IPv4 address nor a host name"],
    ['ucast eth0 10.0.0.2 10.0.0.3', "ha.cf:7:21 warning '10.0.0.3': ucast: words behind it are ignored"],
    ['mcast eth0 239.0.0.1 694 1 0 x', "ha.cf:7:30 warning 'x': mcast: words behind it are ignored"],
    ['ucast6 eth0 10.0.0.2', "ha.cf:7:13 error '10.0.0.2': ucast6: neither an IPv6 address nor a host name"],
    ['ucast eth0 192.168.0.2', "ha.cf:7:1 warning 'eth0 192.168.0.2': this medium stands here twice"],
    ['bcast averyveryverylongname', "ha.cf:7:7 error 'averyveryverylongname': bcast: not an interface name"],
    ['mcast eth0 10.0.0.1 694 1 0', "ha.cf:7:12 error '10.0.0.1': mcast: not an IPv4 multicast group"],
    ['mcast eth0 239.0.0.1 0 1 0', "ha.cf:7:22 error '0': mcast: out of range"],
    ['mcast eth0 239.0.0.1 694 5 0', "ha.cf:7:26 error '5': mcast: out of range"],
    ['mcast eth0 239.0.0.1 694 1 2', "ha.cf:7:28 error '2': mcast: not one of the words for it"],
    ['mcast6 eth0 ff02::1 nosuch 1 0', "ha.cf:7:1 error 'nosuch': the service is not in /etc/services"],
    ['serial ttyS0', "ha.cf:7:8 error 'ttyS0': serial: not a full path"],
    ['baud 300', "ha.cf:7:6 error '300': baud: not one of the words for it"],
    ['baud 9600 19200', "ha.cf:7:11 error '19200': baud stands in line 7 already"],
    ['watchdog /a\nwatchdog /b', "ha.cf:8:10 error '/b': watchdog stands in line 7 already"],
    ['crm no\npacemaker no', "ha.cf:8:11 error 'no': pacemaker stands in line 7 already"],
    ['udpport 70000', "ha.cf:7:9 error '70000': udpport: out of range"],
    ['autojoin any', "ha.cf:7:10 error 'any': autojoin: other and any cannot be joined"],
    ['crm respawn', "ha.cf:7:5 error 'respawn': pacemaker: hb manages resources by haresources"],
    ['pacemaker maybe', "ha.cf:7:11 error 'maybe': pacemaker: not one of the words for it"],
    ['tipc x', "ha.cf:7:6 error 'x': tipc: a medium of special builds"],
    ['env NAME', "ha.cf:7:5 warning 'NAME': env: not an assignment: HA_NAME is empty"],
    ['env A-B=1', "ha.cf:7:5 warning 'A-B=1': env: no shell can read a variable of that name"],
    ['env =x', "ha.cf:7:5 error '=x': env: not an assignment"],
    ['respawn root bin/x', "ha.cf:7:14 error 'bin/x': respawn: not a full path"],
    ['respawn root', "ha.cf:7:13 error '': respawn: something is missing"],
    ['respawn hacluster /usr/lib/heartbeat/ipfail', "ha.cf:7:1 warning '/usr/lib/heartbeat/ipfail': ipfail is built"],
    ['stonith ssh', "ha.cf:7:12 error '': stonith: something is missing"],
    ['apiauth me', "ha.cf:7:1 error 'me': apiauth: nobody is named"],
    ['apiauth me uid=', "ha.cf:7:1 warning 'uid=': apiauth: the list is empty"],
    ['apiauth me root', "ha.cf:7:1 error 'root': apiauth: neither a uid= nor a gid= list"],
    ['apiauth me uid=a uid=b', "ha.cf:7:1 error 'uid=b': apiauth: a second uid= list"],
    ['apiauth me uid=a\napiauth me gid=b', "ha.cf:8:1 error 'me': apiauth: this client has a line already"],
    ['logfacility local8', "ha.cf:7:13 error 'local8': logfacility: not one of the words for it"],
    ['logfile ha-log', "ha.cf:7:9 warning 'ha-log': logfile: not a full path: it is taken for /ha-log"],
    ['logfile /var/log/', "ha.cf:7:9 error '/var/log/': logfile: not the path of a file"],
    ['debug yes', "ha.cf:7:7 warning 'yes': debug: not a whole number: 0 counts, as with heartbeat"],
    ['udpport 695x', "ha.cf:7:9 warning '695x': udpport: not a whole number: 695 counts, as with heartbeat"],
    ['udpport x', "ha.cf:7:9 error 'x': udpport: not a whole number"],
    ['udpport 4294967990', "ha.cf:7:9 error '4294967990': udpport: out of range"],
    ['debug 256', "ha.cf:7:7 error '256': debug: out of range"],
    ['rtprio 0', "ha.cf:7:8 error '0': rtprio: out of range"],
    ['hopfudge 256', "ha.cf:7:10 error '256': hopfudge: out of range"],
    ['realtime maybe', "ha.cf:7:10 error 'maybe': realtime: neither yes nor no"],
    ['nice_failback on', "ha.cf:7:15 warning 'on': nice_failback: obsolete"],
    ['serial /dev/ttyS0', "ha.cf:7:8 warning '/dev/ttyS0': serial: hb does not use this link"],
    ['serial /dev/ttyS0\nbaud 9600', "ha.cf:8:6 warning '9600': baud stands behind serial"],
    ['use_logd yes', "ha.cf:7:10 warning 'yes': use_logd: hb writes its log itself"],
    ['compression bz2', "ha.cf:7:13 warning 'bz2': compression: hb sends its messages uncompressed"],
    ['use_apphbd yes', "ha.cf:7:12 warning 'yes': use_apphbd: hb does not register with apphbd"],
    ['record_config_changes on', "ha.cf:7:23 warning 'on': record_config_changes: it concerns Pacemaker only"],
  ])('%p', (lines, expected) => {
    const found = said(readWith(`${lines}\n`).problems)
    expect(found.map((line) => line.slice(0, expected.length))).toContain(expected)
  })

  test('programs and clients are bounded', () => {
    const lines = (line: string) => Array.from({ length: 101 }, (_, i) => `${line.replace('%', String(i))}\n`).join('')
    const errors = (text: string) => said(readWith(text).problems).filter((line) => line.includes(' error '))
    expect(errors(lines('respawn root /bin/x %'))).toEqual([
      "ha.cf:107:1 error 'root /bin/x 100': more than 100 programs",
    ])
    expect(errors(lines('apiauth c% uid=a'))).toEqual(["ha.cf:107:1 error 'c100': apiauth: more than 100 lines"])
  })

  test('no problem makes others that only follow from it', () => {
    expect(read({ haCf: haCf.replace('deadtime 10', 'deadtime 5s\ninitdead 4') }).problems).toHaveLength(1)
    expect(read({ haCf: 'logfacility daemon\nauto_failback on\nnode alpha beta\nucast eth0\n' }).problems).toHaveLength(
      1,
    )
    expect(
      readWith('auto_failback maybe\nlogfacility x\n').problems.filter((p) => p.severity === 'error'),
    ).toHaveLength(2)
    expect(read({ haCf: 'logfacility daemon\nauto_failback on\nnode al:pha\nbcast eth0\n' }).problems).toHaveLength(1)
  })

  test('a port that belongs to somebody else is mentioned', () => {
    const { problems } = readWith('udpport 514\nbcast eth0\n', { services: 'syslog 514/udp\n' })
    expect(messages(problems)).toContain('warning: port 514 belongs to syslog in /etc/services')
  })

  test('the remedy for an unknown directive names the nearest, or the other file', () => {
    expect(readWith('keepaliv 1\n').problems[0]?.remedy).toBe('did you mean keepalive?')
    expect(readWith('lease off\n').problems[0]?.remedy).toBe('it belongs in hb.cf')
    expect(read({ hbCf: 'keepalive 1\n' }).problems[0]?.remedy).toBe('it belongs in ha.cf')
    expect(readWith('xyzzy 1\n').problems[0]?.remedy).toBe('docs/settings.md lists all directives')
  })
})

describe('hb.cf', () => {
  const rows: [lines: string, member: (c: Config) => unknown, value: unknown][] = [
    ['status off', (c) => c.http, null],
    ['status 0.0.0.0:80', (c) => c.http, { host: '0.0.0.0', port: 80 }],
    ['status [::1]:8694', (c) => c.http, { host: '::1', port: 8694 }],
    ['lease off', (c) => c.addresses.lease, false],
    ['arp_count 3\narp_interval 200ms', (c) => [c.addresses.arpCount, c.addresses.arpIntervalMs], [3, 200]],
    ['arp_refresh 60', (c) => c.addresses.arpRefreshMs, 60_000],
    ['start_timeout 1', (c) => c.cluster.startTimeoutMs, 1000],
    ['stop_timeout 2', (c) => c.cluster.stopTimeoutMs, 2000],
    ['status_timeout 3', (c) => c.cluster.statusTimeoutMs, 3000],
    ['stop_failure reboot', (c) => c.cluster.stopFailure, 'reboot'],
    ['stop-failure reboot', (c) => c.cluster.stopFailure, 'reboot'],
    ['fifo on', (c) => c.fifo, 'on'],
  ]
  test.each(rows)('%p', (hbCf, member, value) => expect(member(right(read({ hbCf })))).toEqual(value))

  test.each([
    ['status 8694', "hb.cf:1:8 error '8694': status: neither an address with a port nor off"],
    ['status localhost:0', "hb.cf:1:8 error 'localhost:0': status: neither an address with a port nor off"],
    ['status ::1:8694', "hb.cf:1:8 error '::1:8694': status: neither an address with a port nor off"],
    ['arp_count 0', "hb.cf:1:11 error '0': arp_count: out of range"],
    ['start_timeout 0', "hb.cf:1:15 error '0': start_timeout: this time must be more than 0"],
    ['stop_failure panic', "hb.cf:1:14 error 'panic': stop_failure: not one of the words for it"],
    ['stop_failure fence', "hb.cf:1:14 warning 'fence': stop_failure fence needs a fencing device"],
    ['leese on', "hb.cf:1:1 error 'leese': unknown directive"],
  ])('%p', (hbCf, expected) => expect(said(read({ hbCf }).problems)).toEqual([expected]))
})
