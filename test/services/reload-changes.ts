/**
 * For every directive of ha.cf and hb.cf a change that an administrator may make under a running daemon, and how it is
 * seen that it was taken in. Where it was not, the answer to the reload names it.
 */
import type { Status } from '../e2e/harness.ts'

/** The daemon whose files change, as it is looked at from its own host. */
export interface Seen {
  /** Runs a shell script there; what it prints. */
  sh(script: string): Promise<string>
  status(): Promise<Status>
}

export interface Change {
  readonly file: 'ha.cf' | 'hb.cf'
  readonly line: string
  /** answered: the reply names the directive; refused: nothing changes, and the reply names it. */
  readonly how: 'taken' | 'answered' | 'refused'
  /**
   * How it shows, a moment later. Without it the directive is one that the core reads at each use, and the unit test
   * alone looks after it.
   */
  readonly seen?: (at: Seen) => Promise<boolean>
}

export const service = '10.77.0.100/24/eth0'
/** What stands in both hosts' files before. */
export const base = {
  extra: ['ping 10.77.0.200'],
  hbcf: `monitor ${service} every 1 via script /etc/ha.d/resource.d/envs\n`,
  scripts: {
    envs: '#!/bin/sh\nenv >/run/envs.new && mv /run/envs.new /run/envs\n',
    beside: '#!/bin/sh\necho $$ >>/var/log/$1.pids\nwhile :; do sleep 0.2; done\n',
  },
}

const prints = (script: string, what: string | RegExp) => async (at: Seen) => {
  const text = await at.sh(`${script} 2>&1 || true`)
  return typeof what === 'string' ? text.trim() === what : what.test(text)
}
const parameter = (name: string, value: string) => prints(`/run/lab/cl_status hbparameter -p ${name}`, value)
const pid = '$(cat /run/lab/hb.pid)'
const hasLink = (name: string) => async (at: Seen) => (await at.status()).links.some((l) => l.name === name)
const hasNode = (name: string) => async (at: Seen) => (await at.status()).nodes.some((n) => n.node === name)
const own = async (at: Seen) => (await at.status()) as unknown as { autoFailback: string }
const announcedAgain = prints('cat /var/log/ha-log', /announcing .*: the settings of announcements have changed/)

type Row = readonly [line: string, how: Change['how'], seen?: Change['seen']]

const ha: readonly Row[] = [
  ['node node3', 'taken', hasNode('node3')],
  ['autojoin any', 'refused'],
  ['cluster other', 'taken', parameter('cluster', 'other')],
  ['uuidfrom nodename', 'answered'],
  ['hbgenmethod time', 'answered'],
  ['udpport 6940', 'taken', prints('ss -Huln', /:6940\b/)],
  ['baud 9600', 'taken', parameter('baud', '9600')],
  ['bcast eth1', 'taken', hasLink('eth1')],
  ['udp eth1', 'taken', hasLink('eth1')],
  ['ucast eth1 10.78.0.2', 'taken', hasLink('eth1')],
  ['ucast6 eth1 fe80::2', 'taken', hasLink('eth1')],
  ['mcast eth1 239.0.0.42 695 1 0', 'taken', prints('ss -Huln', /:695\b/)],
  ['mcast6 eth1 ff02::42 695 1 0', 'taken', hasLink('eth1')],
  ['serial /dev/ttyS0', 'answered'],
  ['ping 10.77.0.2', 'taken', hasNode('10.77.0.2')],
  ['ping6 fd00::2', 'taken', hasNode('fd00::2')],
  ['ping_group some 10.77.0.2', 'taken', hasNode('some')],
  ['hbaping x', 'refused'],
  ['tipc x', 'refused'],
  ['rds x', 'refused'],
  ['openais x', 'refused'],
  ['hopfudge 7', 'taken', parameter('hopfudge', '7')],
  ['msgfmt netstring', 'taken', parameter('msgfmt', 'netstring')],
  ['keepalive 150ms', 'taken', parameter('keepalive', '150ms')],
  ['deadtime 3000ms', 'taken', parameter('deadtime', '3000ms')],
  ['warntime 700ms', 'taken', parameter('warntime', '700ms')],
  ['initdead 5', 'taken', parameter('initdead', '5')],
  ['deadping 4', 'taken', async (at) => pingDeadtime(await at.status()) === 4],
  ['max_rexmit_delay 300', 'taken', parameter('max_rexmit_delay', '300')],
  ['auto_failback on', 'taken', async (at) => (await own(at)).autoFailback === 'on'],
  ['nice_failback on', 'answered'],
  ['stonith null /etc/ha.d/nothing', 'taken'],
  ['stonith_host * null node2', 'taken'],
  ['respawn root /etc/ha.d/resource.d/beside r', 'taken', prints('wc -l </var/log/r.pids', '1')],
  ['failfast root /etc/ha.d/resource.d/beside f', 'taken', prints('wc -l </var/log/f.pids', '1')],
  ['env SITE=north', 'taken', prints('cat /run/envs', /^HA_SITE=north$/m)],
  ['watchdog /var/log/dog', 'taken', prints('stat -c %s /var/log/dog', /^[1-9]/)],
  ['quorum_server x', 'answered'],
  ['logfacility local3', 'taken', prints('cat /var/log/lab-hb.log', /syslog \(\/dev\/log\)/)],
  ['logfile /var/log/another', 'taken', prints('cat /var/log/another', /info: /)],
  ['debugfile /var/log/everything', 'taken', prints('cat /var/log/everything', /info: /)],
  ['use_logd yes', 'answered'],
  ['conn_logd_time 30', 'answered'],
  ['syslogmsgfmt off', 'taken', prints('cat /var/log/ha-log', /^heartbeat\[/m)],
  ['log_badpack off', 'taken', parameter('log_badpack', 'off')],
  ['debug 1', 'taken', prints('cat /var/log/ha-log', /debug level 1/)],
  ['realtime off', 'taken', prints(`chrt -p ${pid}`, /SCHED_OTHER/)],
  ['rtprio 7', 'taken', prints(`chrt -p ${pid}`, /priority: 7$/m)],
  ['memreserve 100', 'answered'],
  ['coredumps off', 'taken', prints(`grep "core file size" /proc/${pid}/limits`, / {2,}0 {2,}/)],
  ['coreroot /var/log', 'taken', prints(`readlink /proc/${pid}/cwd`, '/var/log')],
  ['use_apphbd on', 'answered'],
  ['normalpoll on', 'answered'],
  ['apiauth anon uid=hacluster', 'taken', prints('/run/lab/cl_status hbparameter -p keepalive', /authorization/)],
  ['compression bz2', 'answered'],
  ['compression_threshold 5', 'answered'],
  ['traditional_compression on', 'answered'],
  ['pacemaker on', 'refused'],
  ['crm_daemon_dir /usr/lib', 'answered'],
  ['crmd_spawns_pengine on', 'answered'],
  ['record_config_changes on', 'answered'],
  ['record_pengine_inputs on', 'answered'],
  ['enable_config_writes on', 'answered'],
]

const hb: readonly Row[] = [
  ['status 127.0.0.1:8700', 'taken', prints('ss -Htln', /:8700\b/)],
  ['lease off', 'taken', prints('ip -o addr show to 10.77.0.100', /valid_lft forever/)],
  ['arp_count 2', 'taken', announcedAgain],
  ['arp_interval 100ms', 'taken', announcedAgain],
  ['arp_refresh 1', 'taken', announcedAgain],
  ['start_timeout 7', 'taken'],
  ['stop_timeout 7', 'taken'],
  ['status_timeout 7', 'taken'],
  ['stop_failure reboot', 'taken'],
  ['unserved off', 'taken'],
  [`monitor ${service} every 1 via status`, 'taken', prints('/run/lab/hb status', /via status: well/)],
  ['fifo on', 'taken', prints('stat -c %F /var/lib/heartbeat/fifo', 'fifo')],
]

function pingDeadtime({ nodes }: Status): number | undefined {
  return (nodes as unknown as { node: string; deadtimeSeconds: number }[]).find((n) => n.node === '10.77.0.200')
    ?.deadtimeSeconds
}

const rows = (file: Change['file'], list: readonly Row[]): Change[] =>
  list.map(([line, how, seen]) => ({ file, line, how, ...(seen === undefined ? {} : { seen }) }))

export const changes: readonly Change[] = [...rows('ha.cf', ha), ...rows('hb.cf', hb)]

/** The other node has to follow: until it does, it does not hear this one, and the answer says so. */
export const CUTS: ReadonlySet<string> = new Set(['udpport'])

export const nameOf = ({ line }: Change): string => line.split(' ')[0]!

/** The text with the change made: lists grow, single values are replaced. Before all others, since udpport has to be. */
export function changed(text: string, change: Change, many: boolean): string {
  const name = nameOf(change)
  const rest = text.split('\n').filter((line) => many || line.split(' ')[0] !== name)
  return [change.line, ...rest].join('\n')
}
