/** Five broken configurations, each with everything that is wrong with it, to the line and column. */
import { expect, test } from 'bun:test'
import { parseConfig, problemText } from '../../src/config/read.ts'

const dir = '/etc/ha.d'
const authkeys = { text: 'auth 1\n1 sha1 sesame\n', mode: 0o600 }

/** The problems as the operator sees them. */
function shown(files: { haCf: string; haresources?: string; keys?: typeof authkeys; hbCf?: string }): string[] {
  const { haCf, haresources = 'alpha 192.168.0.100\n', keys = authkeys, hbCf = null } = files
  const { config, problems } = parseConfig({ dir, haCf, haresources, authkeys: keys, hbCf }, { nodename: 'alpha' })
  expect(config).toBeNull()
  return problems.map((p) => problemText(p).replace('/etc/ha.d/', ''))
}

test('the times of a first attempt', () => {
  const haCf = `# our cluster
logfacility	local0
keepalive 2s
deadtime 1min
warntime 10
initdead 120 s
udpport 694
bcast eth0		# Linux
auto_failback on
node alpha
node beta
`
  expect(shown({ haCf })).toEqual([
    "ha.cf:3:11: error: keepalive: seconds are written without a unit: '2s' (write 2)",
    "ha.cf:4:10: error: deadtime: a time has no unit for minutes: '1min' (write 60, in seconds)",
    "ha.cf:6:14: warning: several values: the last one counts: 's' (initdead TIME)",
    "ha.cf:6:14: error: initdead: not a time: 's' (seconds as in 2 or 1.5, or 1500ms)",
  ])
})

test('names that do not agree', () => {
  const haCf = `logfacility local0
auto_failback off
udpport 694
ucast eth0 192.168.0.2
node alhpa
node beta beta
`
  const haresources = 'alpha 192.168.0.100 httpd\nBeta 192.168.0.101 smb\ngamma 192.168.0.102\n'
  expect(shown({ haCf, haresources })).toEqual([
    "ha.cf:5:6: error: no node directive names this host: 'alpha' (did you mean it by alhpa?)",
    "ha.cf:6:11: error: this node stands in line 6 already: 'beta' (name each node once)",
    "haresources:1:1: error: no node directive in ha.cf names this node: 'alpha' (did you mean alhpa?)",
    "haresources:3:1: error: no node directive in ha.cf names this node: 'gamma' (known are: alhpa, beta)",
  ])
})

test('a cluster that was made for Pacemaker', () => {
  const haCf = `autojoin any
mcast eth0 239.0.0.43 694 8 0
crm respawn
node alpha beta
use_logd yes
auto_failbak off
`
  expect(shown({ haCf, haresources: '' })).toEqual([
    'ha.cf: warning: auto_failback is not set and means legacy (write `auto_failback on` (back to its owner at once) or `off` (stays where it is))',
    "ha.cf:1:10: error: autojoin: other and any cannot be joined with haresources, which must name every node: 'any' (write `autojoin none` and list the nodes with node)",
    "ha.cf:2:27: error: mcast: out of range: '8' (0 to 4)",
    "ha.cf:3:5: error: pacemaker: hb manages resources by haresources and starts no Pacemaker: 'respawn' (write `pacemaker off` and put the resources into haresources)",
    "ha.cf:5:10: warning: use_logd: hb writes its log itself: to logfile, debugfile and logfacility, or to syslog (daemon) if none is given: 'yes' (remove the line, and name a logfacility)",
    "ha.cf:6:1: error: unknown directive: 'auto_failbak' (did you mean auto_failback?)",
  ])
})

test('groups in each other’s way', () => {
  const haCf = 'logfacility local0\nauto_failback off\nucast eth0 192.168.0.2\nnode alpha beta\n'
  const haresources = `# web
alpha  192.168.0.100/24/eth0 Filesystem::/dev/drbd0::/srv::ext3 \\
       apache  # the shop
beta   IPaddr2::192.168.0.100/24 mysql
beta   mysql
alpha  192.168.0.1000 \\ # mail
       postfix
alpha  IPv6addr::2001:db8::10/200
`
  expect(shown({ haCf, haresources })).toEqual([
    "haresources:3:16: warning: a comment on a continuation line: hb ignores it, heartbeat takes its words for resources: '#' (put the comment on a line of its own above the group)",
    "haresources:4:8: error: the address stands in line 2 already: 'IPaddr2::192.168.0.100/24' (an address belongs to one group)",
    "haresources:5:8: warning: line 4 has the same resource: when one node holds both groups, stopping one stops it for both: 'mysql' (give each group a resource of its own, or an argument that tells them apart)",
    "haresources:6:8: error: not an IPv4 or IPv6 address: '192.168.0.1000' (write ADDRESS[/NETMASK[/INTERFACE[:LABEL]][/BROADCAST]])",
    "haresources:6:23: error: a backslash that is not the last character: '\\' (remove what stands behind it)",
    "haresources:7:8: warning: a node without resources: the line is ignored: 'postfix' (NODE RESOURCE...)",
    "haresources:7:8: error: no node directive in ha.cf names this node: 'postfix' (known are: alpha, beta)",
    "haresources:8:8: error: not a netmask: 'IPv6addr::2001:db8::10/200' (a prefix length from 1 to 128)",
  ])
})

test('keys for everybody, and an hb.cf with mistakes', () => {
  const haCf = 'logfacility local0\nauto_failback off\nserial /dev/ttyS0\nnode alpha beta\nkeepalive 1\ndeadtime 2\n'
  const keys = { text: '# keys\n1 sha1 open sesame\nauth 1\n2 crc open\n3 sha512 sesame\n', mode: 0o644 }
  const hbCf = 'status 8694\nlease maybe\nstop-failure fence\nstart_timeout 5m\nkeepalive 1\n'
  expect(shown({ haCf, keys, hbCf })).toEqual([
    "ha.cf:3:8: warning: serial: hb does not use this link, only those over the network: '/dev/ttyS0' (a second network link, as with ucast, takes its place)",
    "ha.cf:3:8: error: the only link is serial, which hb does not use: 'serial' (add a line like: ucast eth0 192.168.0.2)",
    "ha.cf:6:10: error: deadtime is not more than twice keepalive: '2' (more than 2000ms, or shorten keepalive)",
    "hb.cf:1:8: error: status: neither an address with a port nor off: '8694' (like 127.0.0.1:8694 or [::1]:8694)",
    "hb.cf:2:7: error: lease: neither yes nor no: 'maybe' (on, yes, true or off, no, false)",
    "hb.cf:3:14: warning: stop_failure fence needs a fencing device: 'fence' (without one it is as block; add stonith or stonith_host to ha.cf)",
    "hb.cf:4:15: error: start_timeout: a time has no unit for minutes: '5m' (write 300, in seconds)",
    "hb.cf:5:1: error: unknown directive: 'keepalive' (it belongs in ha.cf)",
    'authkeys: error: group or others may read the keys (mode 0644) (type: chmod 600 /etc/ha.d/authkeys)',
    'authkeys:2:13: warning: text behind the key is ignored (a key is one word)',
    'authkeys:4:7: error: crc takes no key, and a comment needs its own line (remove what stands behind crc)',
    'authkeys:5:3: error: unknown method (one of sha1, md5, crc)',
  ])
})
