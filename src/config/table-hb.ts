/** Directives of hb.cf: what heartbeat has no words for. */
import { isHost, isIPv6 } from './address.ts'
import { type Directive, into, line, words } from './directive.ts'
import { monitorWords } from './monitor.ts'
import { boolean, choice, integer, parsed, time, timeAboveZero } from './values.ts'

/** HOST:PORT with an IPv6 address in brackets; null for off. */
const listen = parsed<readonly [string, number] | null>((word) => {
  if (/^(off|no|none)$/i.test(word)) return null
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(word) ?? []
  const host = bracketed ?? plain ?? ''
  const port = Number(digits)
  const good = (bracketed === undefined ? isHost(host) : isIPv6(host)) && port >= 1 && port <= 65535
  return good
    ? [host, port]
    : { message: 'neither an address with a port nor off', remedy: 'like 127.0.0.1:8694 or [::1]:8694' }
})

const limit = (
  name: string,
  key: 'startTimeoutMs' | 'stopTimeoutMs' | 'statusTimeoutMs',
  initial: string,
  meaning: string,
) =>
  words({
    name,
    grammar: `${name} TIME`,
    default: initial,
    unit: 'time',
    meaning,
    example: `${name} ${initial}`,
    value: timeAboveZero,
    set: into(key),
  })

export const hbDirectives: readonly Directive[] = [
  words({
    name: 'status',
    grammar: 'status HOST:PORT|off',
    default: '127.0.0.1:8694',
    meaning: 'Where the state can be read over HTTP. Anybody who reaches this address can read it.',
    example: 'status 127.0.0.1:8694',
    value: listen,
    set: (draft, value) => {
      draft.settings.status = value
    },
  }),
  words({
    name: 'lease',
    grammar: 'lease BOOLEAN',
    default: 'on',
    meaning:
      'Whether addresses carry a kernel lifetime, renewed with the heartbeats, so that they go away by themselves when hb is killed or hangs.',
    example: 'lease on',
    value: boolean,
    set: into('lease'),
  }),
  words({
    name: 'arp_count',
    grammar: 'arp_count NUMBER',
    defaultNote: "heartbeat's own, by agent",
    meaning: 'How often a new address is announced (request and reply each time).',
    example: 'arp_count 5',
    value: integer(1, 100),
    set: into('arpCount'),
  }),
  words({
    name: 'arp_interval',
    grammar: 'arp_interval TIME',
    defaultNote: "heartbeat's own, by agent",
    unit: 'time',
    meaning: 'Time from one announcement to the next.',
    example: 'arp_interval 200ms',
    value: timeAboveZero,
    set: into('arpIntervalMs'),
  }),
  words({
    name: 'arp_refresh',
    grammar: 'arp_refresh TIME',
    default: '0',
    unit: 'time',
    meaning: 'How often addresses that are held are announced again; 0 is never.',
    example: 'arp_refresh 60',
    value: time,
    set: into('arpRefreshMs'),
  }),
  limit(
    'start_timeout',
    'startTimeoutMs',
    '60',
    'How long the start of a resource may take before it counts as failed.',
  ),
  limit('stop_timeout', 'stopTimeoutMs', '60', 'How long the stop of a resource may take before it counts as failed.'),
  limit('status_timeout', 'statusTimeoutMs', '20', 'How long a status script may take.'),
  words({
    name: 'stop_failure',
    aliases: ['stop-failure'],
    grammar: 'stop_failure block|fence|reboot',
    default: 'block',
    meaning:
      'When a resource cannot be stopped: keep its group blocked here for an operator (block), let the peer reset this node by its stonith device and take over (fence; as block where it has none or runs heartbeat), or reboot this node (reboot).',
    example: 'stop_failure block',
    value: choice('block', 'fence', 'reboot'),
    set: into('stopFailure'),
  }),
  words({
    name: 'unserved',
    grammar: 'unserved take|tell|off',
    default: 'take',
    meaning:
      'When a node that runs heartbeat claims groups, but nobody answers for their addresses: have it start what is missing, and after a minute, if nothing of that side is served, ask it to hand over and serve them here (take), only say so (tell), or do not look (off).',
    example: 'unserved take',
    value: choice('take', 'tell', 'off'),
    set: into('unserved'),
  }),
  line({
    name: 'monitor',
    grammar:
      'monitor RESOURCE [every TIME] [timeout TIME] [fail N] [restarts N] [within TIME] via status|tcp HOST:PORT|http URL [expect CODE]|script PATH',
    defaultNote: 'every 10 timeout 5 fail 3 restarts 1 within 60',
    meaning:
      'Asks a resource of a held group whether it works. After `fail` failures in a row it is started anew in place, `restarts` times `within` that time; then the group goes to the other node, if that is fit for it.',
    example: 'monitor 192.168.0.100 every 2 timeout 1 fail 3 restarts 1 within 60 via tcp 127.0.0.1:80',
    repeat: 'many',
    value: monitorWords,
    set: (draft, value, { place }) => {
      const { file, line, column } = place
      draft.monitors.push({ ...value, file, line, column })
    },
  }),
  words({
    name: 'fifo',
    grammar: 'fifo on|off|auto',
    default: 'auto',
    meaning: "Whether heartbeat's message FIFO is served for old scripts; auto: where its directory exists.",
    example: 'fifo auto',
    value: choice('on', 'off', 'auto'),
    set: into('fifo'),
  }),
]
