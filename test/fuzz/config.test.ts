/** ha.cf, haresources, authkeys and hb.cf: whatever stands in them, there is a configuration or an error. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { explain } from '../../src/config/explain.ts'
import { type ConfigFiles, parseConfig } from '../../src/config/parse.ts'
import { problemText } from '../../src/config/problem.ts'
import { haTable, hbTable } from '../../src/config/table.ts'
import { fuzz, LONG_MS } from './fuzz.ts'
import { Mutator } from './mutate.ts'

setDefaultTimeout(LONG_MS)

const RUNS = 3000
const BYTES_MAX = 4096
const haCf = `# a cluster of two
logfacility local0
logfile /var/log/ha-log
keepalive 500ms
deadtime 5
warntime 2.5
initdead 30
udpport 694
auto_failback off
ucast eth0 192.168.0.2
mcast eth1 225.0.0.1 694 1 0
bcast eth2 eth3
serial /dev/ttyS0
baud 19200
ping 192.168.0.254
ping_group both 10.0.0.1 10.0.0.2
respawn hacluster /usr/lib/heartbeat/ipfail
apiauth ipfail gid=haclient uid=hacluster,root
stonith_host * apcsmart alpha /dev/ttyS1
hopfudge 1
deadping 10
node alpha beta
`
const haresources = `alpha 192.168.0.100 apache::/etc/apache.conf Filesystem::/dev/sda1::/data::ext4
beta IPaddr2::192.168.0.101/24/eth0:1/192.168.0.255 \\
  drbddisk::r0 \\
  mysql
`
const authkeys = 'auth 2\n1 crc\n2 sha1 sesame\n3 md5 Hello!\n'
const hbCf = `status 127.0.0.1:8694
lease on
start_timeout 20
stop_failure block
arp_refresh 60
monitor 192.168.0.100 every 2 timeout 1 fail 3 restarts 1 within 60 via tcp 127.0.0.1:80
`
const right = [haCf, haresources, authkeys, hbCf] as const
const grammar = [
  ...haTable.keys(),
  ...hbTable.keys(),
  'alpha',
  'beta',
  'IPaddr::',
  '10.0.0.1',
  '2001:db8::1',
  '1.5',
  '3s',
  '200ms',
]

const names = ['ha.cf', 'haresources', 'authkeys', 'hb.cf'] as const
/** Each file is spoilt with pieces of all of them. */
const mutators = right.map((text) => new Mutator([text, text, text, ...right], grammar, BYTES_MAX))

function filesWith(which: number, text: string): ConfigFiles {
  const texts = right.map((t, i) => (i === which ? text : t))
  return {
    dir: '/d',
    haCf: texts[0]!,
    haresources: texts[1]!,
    authkeys: { text: texts[2]!, mode: 0o100600 },
    hbCf: texts[3]!,
  }
}

test.each(names.map((name, i) => [name, i] as const))('%s', (name, which) => {
  const mutator = mutators[which]!
  let accepted = 0
  fuzz(name, mutator.inputs, RUNS, (text) => {
    const { config, problems } = parseConfig(filesWith(which, text), { nodename: 'alpha' })
    if ((config === null) !== problems.some((p) => p.severity === 'error')) throw new Error('neither right nor wrong')
    for (const p of problems.slice(0, 3))
      if (/[\n\0]/.test(problemText(p))) throw new Error(`two lines: ${problemText(p)}`)
    if (config !== null) accepted++
  })
  expect(accepted).toBeGreaterThan(0)
})

test('what is accepted can be explained', () => {
  fuzz(
    'hb check --explain',
    fc.nat(3).chain((which) => mutators[which]!.inputs.map((text) => [which, text] as const)),
    RUNS / 2,
    ([which, text]) => {
      const { config } = parseConfig(filesWith(which, text), { nodename: 'alpha' })
      if (config !== null && explain(config, 'alpha').length === 0) throw new Error('nothing to say')
    },
  )
})
