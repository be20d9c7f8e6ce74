/** Directives about logging, the process itself, and who may speak to it. */
import * as v from 'valibot'
import { type At, complain, type Directive, into, line, words } from './directive.ts'
import type { Draft } from './draft.ts'
import {
  absolutePath,
  anyWord,
  asWritten,
  boolean,
  choice,
  logPath,
  looseInteger,
  timeAboveZero,
  underRoot,
} from './values.ts'

const facilities = [
  'auth',
  'authpriv',
  'cron',
  'daemon',
  'ftp',
  'kern',
  'lpr',
  'mail',
  'news',
  'security',
  'syslog',
] as const
const local = ['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'] as const

const apiauthMax = 100

/** uid= and gid= lists of one apiauth line. */
function addApiAuth(draft: Draft, [client, ...lists]: readonly [string, ...string[]], at: At): void {
  const wrong = (message: string, word: string) =>
    complain(at, 'error', { message: `apiauth: ${message}`, remedy: 'CLIENT [uid=USER,...] [gid=GROUP,...]' }, word)
  const found = new Map<string, string[]>()
  for (const list of lists) {
    const [, kind, text] = /^([ug]id)=(.*)$/s.exec(list) ?? []
    const names = (text ?? '').split(',').filter((name) => name !== '')
    if (kind === undefined) wrong('neither a uid= nor a gid= list', list)
    else if (found.has(kind)) wrong(`a second ${kind}= list`, list)
    else {
      if (names.length === 0)
        complain(at, 'warning', { message: 'apiauth: the list is empty', remedy: 'name somebody' }, list)
      found.set(kind, names)
    }
  }
  if (lists.length === 0) wrong('nobody is named', client)
  if (draft.apiauth.some((a) => a.client === client)) wrong('this client has a line already', client)
  if (draft.apiauth.length >= apiauthMax) wrong(`more than ${apiauthMax} lines`, client)
  else draft.apiauth.push({ ...at.place, client, uids: found.get('uid') ?? [], gids: found.get('gid') ?? [] })
}

export const loggingDirectives: readonly Directive[] = [
  words({
    name: 'logfacility',
    grammar: 'logfacility FACILITY|none',
    meaning: 'Syslog facility for the log.',
    example: 'logfacility local0',
    recorded: true,
    value: choice('none', ...facilities, ...local, 'user', 'uucp'),
    set: into('facility'),
  }),
  words({
    name: 'logfile',
    grammar: 'logfile PATH',
    meaning: 'File for everything but debugging; /dev/null for none.',
    example: 'logfile /var/log/ha-log',
    recorded: true,
    reload: { how: 'at once; each reload, also one that is refused, opens it anew, as after a rotation' },
    value: logPath,
    remark: underRoot,
    set: into('logfile'),
  }),
  words({
    name: 'debugfile',
    grammar: 'debugfile PATH',
    meaning: 'File for everything, debugging included.',
    example: 'debugfile /var/log/ha-debug',
    recorded: true,
    reload: { how: 'as logfile' },
    value: logPath,
    remark: underRoot,
    set: into('debugfile'),
  }),
  words({
    name: 'use_logd',
    grammar: 'use_logd BOOLEAN',
    defaultNote: 'no; yes where no log is named',
    meaning: "Whether heartbeat's separate logging daemon writes the log.",
    example: 'logfacility daemon',
    recorded: true,
    handling: {
      does: 'warns',
      how: 'hb writes its log itself: to logfile, debugfile and logfacility, or to syslog (daemon) if none is given',
      remedy: 'remove the line, and name a logfacility',
      when: (value) => value,
    },
    value: boolean,
    set: into('useLogd'),
  }),
  words({
    name: 'conn_logd_time',
    grammar: 'conn_logd_time TIME',
    default: '60',
    unit: 'time',
    meaning: 'Pause between attempts to reach the logging daemon.',
    example: 'conn_logd_time 60',
    recorded: true,
    handling: { does: 'warns', how: 'hb uses no logging daemon, so this has no effect', remedy: 'remove the line' },
    value: timeAboveZero,
  }),
  words({
    name: 'syslogmsgfmt',
    grammar: 'syslogmsgfmt BOOLEAN',
    default: 'true',
    meaning: 'Whether lines in log files look like those of syslog.',
    example: 'syslogmsgfmt false',
    recorded: true,
    value: boolean,
    set: into('syslogmsgfmt'),
  }),
  words({
    name: 'log_badpack',
    grammar: 'log_badpack BOOLEAN',
    default: 'true',
    meaning: 'Whether malformed and badly signed datagrams are logged. They are counted in any case.',
    example: 'log_badpack false',
    recorded: true,
    value: boolean,
    set: into('logBadpack'),
  }),
  words({
    name: 'debug',
    grammar: 'debug LEVEL',
    default: '0',
    meaning: 'Debugging: 0 none, 1 some, 2 details, 4 packets, 5 their contents.',
    example: 'debug 1',
    recorded: true,
    value: looseInteger(0, 255),
    remark: asWritten,
    set: into('debug'),
  }),
]

export const processDirectives: readonly Directive[] = [
  words({
    name: 'realtime',
    grammar: 'realtime BOOLEAN',
    default: 'true',
    meaning: 'Whether the daemon runs with realtime priority, so that load does not delay its heartbeats.',
    example: 'realtime on',
    recorded: true,
    value: boolean,
    set: into('realtime'),
  }),
  words({
    name: 'rtprio',
    grammar: 'rtprio PRIORITY',
    defaultNote: 'the lowest realtime priority',
    meaning: 'Realtime priority, 1 to 99.',
    example: 'rtprio 10',
    recorded: true,
    value: looseInteger(1, 99),
    remark: asWritten,
    set: into('rtprio'),
  }),
  words({
    name: 'memreserve',
    grammar: 'memreserve NUMBER',
    default: '6500',
    unit: 'KiB',
    meaning: 'Memory that heartbeat touches in advance.',
    example: 'memreserve 6500',
    recorded: true,
    handling: { does: 'warns', how: 'hb reserves no memory by this number', remedy: 'remove the line' },
    value: looseInteger(1, 2 ** 31 - 1),
    remark: asWritten,
  }),
  words({
    name: 'coredumps',
    grammar: 'coredumps BOOLEAN',
    default: 'true',
    meaning: 'Whether a crash may leave a core file.',
    example: 'coredumps false',
    recorded: true,
    value: boolean,
    set: into('coredumps'),
  }),
  words({
    name: 'coreroot',
    grammar: 'coreroot DIRECTORY',
    default: '/var/lib/heartbeat/cores',
    meaning: 'Where core files go.',
    example: 'coreroot /var/lib/heartbeat/cores',
    recorded: true,
    value: absolutePath,
    set: into('coreroot'),
  }),
  words({
    name: 'use_apphbd',
    grammar: 'use_apphbd BOOLEAN',
    default: 'false',
    meaning: 'Whether heartbeat registers with the application heartbeat daemon.',
    example: 'use_apphbd no',
    handling: {
      does: 'warns',
      how: 'hb does not register with apphbd',
      remedy: 'use watchdog, or restart hb by the init system',
      when: (value) => value,
    },
    value: boolean,
  }),
  words({
    name: 'normalpoll',
    grammar: 'normalpoll BOOLEAN',
    meaning: 'How special builds of heartbeat wait for input.',
    example: 'normalpoll true',
    handling: { does: 'warns', how: 'hb has one way of waiting, so this has no effect', remedy: 'remove the line' },
    value: boolean,
  }),
  line({
    name: 'apiauth',
    grammar: 'apiauth CLIENT [uid=USER,...] [gid=GROUP,...]',
    defaultNote: 'entries for ipfail, ccm, ping, lha-snmpagent and anon',
    meaning: "Who may speak to heartbeat's local client socket under that name.",
    example: 'apiauth ipfail uid=hacluster',
    repeat: 'many',
    reload: { how: 'at once; a client that is no longer let in is told to go' },
    value: v.tupleWithRest([anyWord], anyWord),
    set: addApiAuth,
  }),
]
