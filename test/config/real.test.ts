/** Working configurations of heartbeat, unmodified: accepted, with the warnings that they deserve and no others. */
import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { messages, read, right } from './helper.ts'

const sha1 = { text: 'auth 1\n1 sha1 labsecret\n', mode: 0o600 }
const lab = (middle: string, times = 'keepalive 200ms\nwarntime 500ms\ndeadtime 1\ninitdead 3\n') =>
  `logfile /var/log/ha-log\ndebugfile /var/log/ha-debug\n${times}${middle}\nnode node1 node2\n`
const bcast = (failback: string, times?: string) => lab(`bcast eth0\nauto_failback ${failback}`, times)
const fast = [
  'warning: initdead is under 10 s',
  "warning: deadtime is under 2 s: if hb is killed, its addresses may overlap the peer's for up to a second",
]
const ordered = ['deadtime', 'initdead'].map((name) => fast.find((text) => text.startsWith(`warning: ${name}`))!)
const one = 'node1 IPaddr::10.77.0.100/24/eth0 labrsc\n'

const crc = 'warning: crc protects against line noise only, not against people'
const rows: [name: string, haCf: string, haresources: string, keys: string, warnings: string[]][] = [
  ['broadcast, IPaddr', bcast('on'), one, sha1.text, ordered],
  ['broadcast, IPaddr2', bcast('off'), 'node1 IPaddr2::10.77.0.100/24/eth0 labrsc\n', sha1.text, ordered],
  [
    'multicast, crc',
    lab('mcast eth0 239.77.0.1 694 1 0\nauto_failback on'),
    'node1 10.77.0.100 labrsc\n',
    'auth 1\n1 crc\n',
    [...ordered, crc],
  ],
  [
    'unicast with a line for itself, md5',
    lab('ucast eth0 10.77.0.1\nucast eth0 10.77.0.2\nauto_failback on'),
    'node1 10.77.0.100/24/eth0 labrsc\n',
    'auth 1\n1 md5 labsecret\n',
    ordered,
  ],
  ['legacy', bcast('legacy'), one, sha1.text, [...ordered, 'warning: auto_failback legacy is outdated']],
  ['two keys', bcast('on'), one, 'auth 2\n1 sha1 labsecret\n2 md5 newsecret\n', ordered],
  [
    'two groups',
    bcast('off'),
    'node1 IPaddr::10.77.0.100/24/eth0 labrsc::a\nnode2 IPaddr::10.77.0.101/24/eth0 labrsc::b\n',
    sha1.text,
    ordered,
  ],
  ['slow', bcast('on', 'keepalive 50ms\nwarntime 10\ndeadtime 60\ninitdead 90\n'), one, sha1.text, []],
]

describe('the captured clusters', () => {
  test.each(rows)('%s', (_, haCf, haresources, text, warnings) => {
    for (const nodename of ['node1', 'node2']) {
      const reading = read({ haCf, haresources, authkeys: { text, mode: 0o600 } }, { nodename })
      expect(right(reading).cluster.nodes).toEqual(['node1', 'node2'])
      expect(messages(reading.problems).toSorted()).toEqual(warnings.toSorted())
    }
  })
})

const vectors = new URL('../vectors/', import.meta.url)
const captured = readdirSync(vectors).filter((name) => name.endsWith('.json'))

test('the files beside each capture are accepted on both nodes', () => {
  type Texts = Record<'ha.cf' | 'haresources' | 'authkeys', string>
  const configs = captured.flatMap((name): Texts[] =>
    Object.values(JSON.parse(readFileSync(new URL(name, vectors), 'utf8')).config ?? {}),
  )
  expect(configs.length).toBeGreaterThan(5)
  for (const { 'ha.cf': haCf, haresources, authkeys } of configs)
    for (const nodename of ['node1', 'node2'])
      right(read({ haCf, haresources, authkeys: { text: authkeys, mode: 0o600 } }, { nodename }))
})

test('a web and mail pair of long standing', () => {
  const haCf = `# /etc/ha.d/ha.cf -- web1/web2
debugfile /var/log/ha-debug
logfile	/var/log/ha-log
logfacility	local0
keepalive 2
deadtime 30
warntime 10
initdead 120
baud	19200
udpport	694
bcast	eth1
ucast eth0 10.1.1.12
ucast eth0 10.1.1.11
serial	/dev/ttyS0
auto_failback off
stonith_host web1 baytech 10.0.0.3 mylogin mysecretpassword
watchdog /dev/watchdog
node	web1.example.org
node	WEB2.example.org
ping 10.1.1.254
ping_group gateways 10.1.1.254 10.1.2.254
respawn hacluster /usr/lib/heartbeat/ipfail
apiauth ipfail gid=haclient uid=hacluster
deadping 30
hopfudge 1
crm off
`
  const haresources = `# the shop
web1.example.org 10.1.1.100/24/eth0:0/10.1.1.255 drbddisk::r0 \\
	Filesystem::/dev/drbd0::/srv::ext3::noatime apache2

web2.example.org IPaddr2::10.1.1.101/24/eth0 LVM::vg1 MailTo::root@example.org::mail postfix
`
  const reading = read({ haCf, haresources, authkeys: sha1 }, { nodename: 'WEB2.example.org' })
  const { cluster, stonith, media } = right(reading)
  expect(messages(reading.problems)).toEqual([
    'warning: serial: hb does not use this link, only those over the network',
    'warning: ipfail is built into hb: this line switches it on, and the program is not started',
  ])
  expect(cluster.groups.map((g) => [g.owner, g.resources.length])).toEqual([
    ['web1.example.org', 4],
    ['web2.example.org', 4],
  ])
  expect(cluster.groups[0]?.resources[2]).toMatchObject({
    script: 'Filesystem',
    args: ['/dev/drbd0', '/srv', 'ext3', 'noatime'],
  })
  expect(cluster).toMatchObject({ keepaliveMs: 2000, deadtimeMs: 30_000, initdeadMs: 120_000, deadpingMs: 30_000 })
  expect(cluster.links).toEqual(['eth1', 'eth0'])
  expect(cluster.pingNodes.map((p) => p.name)).toEqual(['10.1.1.254', 'gateways'])
  expect([stonith, media.length]).toEqual([null, 4])
})
