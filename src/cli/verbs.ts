/**
 * The command line as data: every verb with its words, options, examples and exit codes. The help texts, the checks of
 * a call, the suggestions for a mistyped word and the documentation are made from it.
 */
import { DEFAULT_SOCKET } from '../control/path.ts'
import type { ExitCode } from './exit.ts'

export interface OptionSpec {
  /** Long name without the dashes. */
  readonly name: string
  /** What stands for its value in help texts; a flag has none. */
  readonly value?: string
  readonly help: string
}

export interface Example {
  /** A whole command line. */
  readonly call: string
  readonly does: string
}

export interface VerbSpec {
  readonly summary: string
  /** The words behind the verb, for the usage line; '' for none. */
  readonly words: string
  readonly wordsMin?: number
  readonly wordsMax: number
  /** The only words allowed, where the words are of a fixed set. */
  readonly choices?: readonly string[]
  readonly options: readonly OptionSpec[]
  /** What to know beyond the summary; paragraphs. */
  readonly notes: readonly string[]
  readonly examples: readonly Example[]
  readonly exits: readonly ExitCode[]
}

const config: OptionSpec = {
  name: 'config',
  value: 'DIR',
  help: 'the directory of ha.cf, haresources, authkeys and hb.cf (default /etc/ha.d)',
}
const socket: OptionSpec = {
  name: 'socket',
  value: 'PATH',
  help: `the control socket (default: the environment's HB_SOCKET, else ${DEFAULT_SOCKET})`,
}
const timeout: OptionSpec = {
  name: 'timeout',
  value: 'TIME',
  help: 'how long to wait for the end: seconds, or with a unit (500ms, 90s, 5min); default 3min',
}
const statusTimeout: OptionSpec = {
  name: 'timeout',
  value: 'TIME',
  help: 'how long to wait for the answer, as 2, 500ms or 1min; default 10s',
}
const installOptions: readonly OptionSpec[] = [
  { name: 'dry-run', help: 'only say what would be done' },
  { name: 'root', value: 'DIR', help: 'the root directory of the host (default /), as for an image' },
]
const setChoices = ['all', 'local', 'foreign', 'failback'] as const
const setWords = `[${setChoices.join('|')}]`
const asked: readonly ExitCode[] = [0, 1, 2, 3, 4, 5]

/** All verbs, in the order in which the overview shows them. */
export const verbs = {
  run: {
    summary: 'join the cluster and serve until stopped',
    words: '',
    wordsMax: 0,
    options: [
      config,
      { name: 'state-dir', value: 'DIR', help: 'where generation and UUID are kept (default /var/lib/heartbeat)' },
      { name: 'run-dir', value: 'DIR', help: 'where heartbeat.pid and heartbeat/register are (default /run)' },
      socket,
      { name: 'foreground', help: 'accepted for familiarity: hb always stays in the foreground' },
    ],
    notes: [
      'Reads the configuration as hb check does; with an error in it nothing is started. SIGTERM ends it as hb stop does, SIGHUP reloads.',
    ],
    examples: [
      { call: 'hb run', does: 'serve with the configuration in /etc/ha.d' },
      { call: 'hb run --config /srv/cluster', does: 'with the configuration of another directory' },
    ],
    exits: [0, 1, 2, 4, 6, 127],
  },
  status: {
    summary: 'show who holds what, since when and why',
    words: '',
    wordsMax: 0,
    options: [{ name: 'json', help: 'the whole state as JSON, the same as GET /status' }, socket, statusTimeout],
    notes: [],
    examples: [
      { call: 'hb status', does: 'groups, nodes, links and the last transitions' },
      { call: 'hb status --json', does: 'the same for programs' },
    ],
    exits: asked,
  },
  standby: {
    summary: 'give groups to the other node',
    words: setWords,
    wordsMax: 1,
    choices: setChoices,
    options: [socket, timeout],
    notes: [
      'all: every group held here (the default); local: those that belong to this node by haresources; foreign or failback: those that belong to the other node.',
      'Returns when the other node holds them, or says why it does not.',
    ],
    examples: [
      { call: 'hb standby', does: 'empty this node, before maintenance of it' },
      { call: 'hb standby failback', does: 'give back what belongs to the other node' },
    ],
    exits: asked,
  },
  takeover: {
    summary: 'take groups from the other node',
    words: setWords,
    wordsMax: 1,
    choices: setChoices,
    options: [socket, timeout],
    notes: [
      'all: every group the other node holds (the default); local or failback: those that belong to this node; foreign: those that belong to the other node.',
      'Returns when they are held here, or says why they are not.',
    ],
    examples: [
      { call: 'hb takeover', does: 'bring everything here' },
      { call: 'hb takeover local', does: 'take back what belongs to this node' },
    ],
    exits: asked,
  },
  stop: {
    summary: 'hand over all groups and end the daemon',
    words: '',
    wordsMax: 0,
    options: [socket, timeout],
    notes: ['Where no hb is running there is nothing to stop, which is fine (exit code 0).'],
    examples: [
      { call: 'hb stop', does: 'leave the cluster in good order' },
      { call: 'hb stop --timeout 10min', does: 'with services that take their time to stop' },
    ],
    exits: [0, 1, 2, 4, 5],
  },
  reload: {
    summary: 'read the configuration again, without a failover',
    words: '',
    wordsMax: 0,
    options: [socket, timeout],
    notes: [
      'A configuration with an error is not taken: the daemon goes on with the one it has and says what is wrong, here, in the log and in hb status.',
      'Otherwise whatever has changed is in force at once, and what has not is not touched. What cannot change while hb runs is named with what is to be done. Log files are opened anew in any case.',
    ],
    examples: [{ call: 'hb check && hb reload', does: 'look first, then take it' }],
    exits: asked,
  },
  maintenance: {
    summary: 'leave groups alone, whatever happens',
    words: 'on|off [GROUP]',
    wordsMin: 1,
    wordsMax: 2,
    options: [socket, timeout],
    notes: [
      'While it is on, nothing is started, stopped, monitored or moved to the other node; heartbeats go on. It holds for both nodes and survives restarts and reboots. Without GROUP (the first resource of its line in haresources) it is about every group.',
      'hb stop then leaves the groups running, with their addresses; the next hb run finds them. A node that runs heartbeat knows nothing of this.',
    ],
    examples: [
      { call: 'hb maintenance on', does: 'before work on services or on hb itself' },
      { call: 'hb maintenance on 135.9.8.7', does: 'leave that group alone, not the others' },
      { call: 'hb maintenance off', does: 'guard everything again' },
    ],
    exits: asked,
  },
  clear: {
    summary: 'forget failures of a group, so that it is tried again',
    words: '[GROUP]',
    wordsMax: 1,
    options: [socket, timeout],
    notes: [
      'For a group that could not be started, or whose monitors failed, on both nodes; one that could not be stopped is stopped again. Without GROUP it is about every group.',
    ],
    examples: [{ call: 'hb clear', does: 'after the cause has been put right' }],
    exits: asked,
  },
  upgrade: {
    summary: 'put another executable in the place of the running one',
    words: 'PATH',
    wordsMin: 1,
    wordsMax: 1,
    options: [socket, timeout],
    notes: [
      'The daemon checks that the file is an hb that accepts the present configuration, then becomes it: same process, same groups, same generation; nothing is stopped or started. Programs of respawn lines stay supervised, clients of the API socket connected, the watchdog fed. Scripts that run are waited for. Returns when the new one serves.',
    ],
    examples: [{ call: 'hb upgrade /usr/sbin/hb.new', does: 'run the new release, and stay the holder' }],
    exits: asked,
  },
  check: {
    summary: 'find every problem of a configuration, and start nothing',
    words: '',
    wordsMax: 0,
    options: [
      config,
      { name: 'node', value: 'NAME', help: 'check for the node of that name (default: the name of this host)' },
      { name: 'json', help: 'the problems as JSON' },
      { name: 'explain', help: 'also say in words what will happen when each node dies and returns' },
    ],
    notes: [
      'Finds what hb run and hb reload would find, each problem with file, line and column. Warnings do not make it wrong.',
    ],
    examples: [
      { call: 'hb check', does: 'check /etc/ha.d' },
      { call: 'hb check --explain', does: 'and tell what this configuration will do' },
      { call: 'hb check --config /tmp/new --json', does: 'check another directory, for programs' },
    ],
    exits: [0, 1, 2],
  },
  sim: {
    summary: 'try a configuration in virtual time, and start nothing',
    words: '',
    wordsMax: 0,
    options: [
      config,
      { name: 'nodes', value: 'N', help: 'with so many nodes, 2 to 64 (default: those of ha.cf)' },
      { name: 'loss', value: 'SHARE', help: 'lose that share of the datagrams on every link, as 30%' },
      { name: 'pause', value: 'TIME', help: 'let each node stand still now and then, for as long as that at most' },
      { name: 'every', value: 'TIME', help: 'how often a node stands still, on average; default 10min' },
      { name: 'hours', value: 'N', help: 'of virtual time; default 24' },
      { name: 'seed', value: 'N', help: 'another course of events; the same number gives the same one' },
      { name: 'json', help: 'the result as JSON' },
    ],
    notes: [
      'Runs the daemon’s own decisions for every node and tells how often a living node is declared dead, how long groups are without a node, how soon they are served after a power failure, and what deadtime would have been right. Progress goes to standard error.',
      'Scripts always succeed in it, and loss on one link has nothing to do with loss on another.',
    ],
    examples: [
      { call: 'hb sim --loss 30%', does: 'a day of bad links with the configuration in /etc/ha.d' },
      { call: 'hb sim --pause 2s --hours 100', does: 'virtual machines that stand still while they are copied' },
    ],
    exits: [0, 1, 2],
  },
  resource: {
    summary: 'start, stop or ask one resource by hand',
    words: 'SCRIPT [ARGUMENT...] start|stop|status',
    wordsMin: 2,
    wordsMax: 34,
    options: [config, { name: 'no-wait', help: 'do not wait until a started address has been announced' }],
    notes: [
      'status exits with 0 for running and 3 for stopped, as init scripts do. The daemon is neither needed nor told: an address that it manages it will put right again.',
    ],
    examples: [
      { call: 'hb resource IPaddr 135.9.8.7/24/eth0 start', does: 'put the address on eth0 and announce it' },
      { call: 'hb resource IPaddr 135.9.8.7/24/eth0 status', does: 'say whether it is there' },
    ],
    exits: [0, 1, 2, 3],
  },
  'install-links': {
    summary: 'make links by the names of heartbeat’s tools',
    words: 'DIR',
    wordsMin: 1,
    wordsMax: 1,
    options: [{ name: 'dry-run', help: 'only say what would be done' }],
    notes: [
      'Called as cl_status, hb_standby, hb_takeover, hb_addnode or hb_delnode, hb is heartbeat’s tool of that name. What is there already and no link to an hb is left alone, with exit code 1.',
    ],
    examples: [
      { call: 'hb install-links /usr/local/sbin', does: 'for scripts that call heartbeat’s tools by name' },
      { call: 'hb install-links /usr/share/heartbeat --dry-run', does: 'look first' },
    ],
    exits: [0, 1, 2],
  },
  install: {
    summary: 'put hb on this host, with its service',
    words: '',
    wordsMax: 0,
    options: installOptions,
    notes: [
      'Copies itself to /usr/sbin/hb, and adds completion, manual pages, links by the names of heartbeat’s tools, and a systemd unit or, where there is no systemd, an init script. What is there already and not of hb is left alone, with exit code 1. Enables and starts nothing: it says how.',
    ],
    examples: [{ call: 'hb install --dry-run', does: 'look first' }],
    exits: [0, 1, 2, 4],
  },
  uninstall: {
    summary: 'take away what hb install has put there',
    words: '',
    wordsMax: 0,
    options: installOptions,
    notes: ['Configuration, state and logs stay. A daemon that is running goes on.'],
    examples: [{ call: 'hb uninstall', does: 'after hb stop' }],
    exits: [0, 1, 2, 4],
  },
  version: {
    summary: 'show the version',
    words: '',
    wordsMax: 0,
    options: [{ name: 'licenses', help: 'what the executable contains, and under which terms' }],
    notes: [],
    examples: [{ call: 'hb version', does: 'also: hb --version' }],
    exits: [0, 2],
  },
  help: {
    summary: 'show this overview, or all about one command',
    words: '[COMMAND]',
    wordsMax: 1,
    options: [],
    notes: [],
    examples: [{ call: 'hb help standby', does: 'also: hb standby --help' }],
    exits: [0, 2],
  },
} as const satisfies Record<string, VerbSpec>

export type VerbName = keyof typeof verbs

export const verbNames = Object.keys(verbs) as VerbName[]

export const isVerb = (word: string): word is VerbName => Object.hasOwn(verbs, word)

/** A verb's row, in its general shape. */
export const spec = (name: VerbName): VerbSpec => verbs[name]

/** The usage line of a verb. */
export function usage(name: VerbName): string {
  const { words, options } = spec(name)
  const optional = options.map((o) => `[--${o.name}${o.value ? ` ${o.value}` : ''}]`)
  return ['hb', name, words, ...optional].filter((part) => part !== '').join(' ')
}
