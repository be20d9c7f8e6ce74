/** Directives about resources, failover and what runs beside the cluster. */
import * as v from 'valibot'
import { complain, type Directive, into, line, words } from './directive.ts'
import type { Wrong } from './problem.ts'
import type { AutoFailback, Client } from './types.ts'
import { absolutePath, anyWord, boolean, booleanOf, parsed } from './values.ts'

const failback = parsed<AutoFailback>((word) => {
  const on = booleanOf(word)
  if (on !== undefined) return on ? 'on' : 'off'
  return word.toLowerCase() === 'legacy'
    ? 'legacy'
    : { message: 'not one of the words for it', remedy: 'on, off, legacy' }
})

const assignmentGrammar = 'NAME=value, without blanks or commas'

/** As heartbeat reads it: without an equals sign the variable is there and empty. */
const assignment = parsed<readonly [string, string]>((word) => {
  const equals = word.indexOf('=')
  return equals === 0
    ? { message: 'not an assignment', remedy: assignmentGrammar }
    : equals < 0
      ? [word, '']
      : [word.slice(0, equals), word.slice(equals + 1)]
})

const shellName = /^\w+$/

/** What scripts will not see, or see empty. */
const assigned = (word: string, [name]: readonly [string, string]): Wrong | null =>
  !shellName.test(name)
    ? { message: 'no shell can read a variable of that name', remedy: 'letters, digits and underscores' }
    : word.includes('=')
      ? null
      : { message: `not an assignment: HA_${name} is empty`, remedy: assignmentGrammar }

const clientsMax = 100

/** respawn and failfast: a user and a command with its arguments. */
const client = (name: string, meaning: string, example: string, failfast: boolean): Directive =>
  line({
    name,
    grammar: `${name} USER /PATH ARGUMENTS...`,
    meaning,
    example,
    repeat: 'many',
    reload: { how: 'a new program is started, one that is gone is stopped, the others are not touched' },
    value: v.tupleWithRest([anyWord, absolutePath], anyWord),
    set: (draft, [user, path], at) => {
      const command = at.text.replace(/^\S+\s+/, '')
      const { file, line, column } = at.place
      const client: Client = { file, line, column, user, command, failfast }
      if (draft.clients.length >= clientsMax)
        complain(at, 'error', { message: `more than ${clientsMax} programs`, remedy: 'start them otherwise' })
      else draft.clients.push(client)
      if (path.endsWith('/ipfail'))
        complain(
          at,
          'warning',
          {
            message: 'ipfail is built into hb: this line switches it on, and the program is not started',
            remedy: 'nothing to do',
          },
          path,
        )
    },
  })

export const resourceDirectives: readonly Directive[] = [
  words({
    name: 'auto_failback',
    grammar: 'auto_failback on|off|legacy',
    default: 'legacy',
    meaning:
      'Whether a group goes back to its owner when that returns. on: at once; off: it stays where it is; legacy: at once, by an old way of asking.',
    example: 'auto_failback off',
    recorded: true,
    reload: { how: 'on and off at once; to or from legacy it is refused: stop hb on all nodes, then start it' },
    value: failback,
    set: into('autoFailback'),
  }),
  words({
    name: 'nice_failback',
    grammar: 'nice_failback BOOLEAN',
    meaning: 'Obsolete forerunner of auto_failback.',
    example: 'auto_failback off',
    handling: {
      does: 'warns',
      how: 'obsolete, and its value does not count: behind auto_failback on or off it means off, otherwise legacy',
      remedy: 'write auto_failback on or off instead',
    },
    value: boolean,
    set: (draft) => {
      const clear = draft.given.has('auto_failback') && draft.settings.autoFailback !== 'legacy'
      draft.settings.autoFailback = clear ? 'off' : 'legacy'
      draft.texts.set('auto_failback', draft.settings.autoFailback)
    },
  }),
  line({
    name: 'stonith',
    grammar: 'stonith TYPE CONFIGFILE',
    meaning:
      'The device that resets the other node before its groups are taken over. The last stonith or stonith_host counts.',
    example: 'stonith external/ipmi /etc/ha.d/conf/ipmi',
    repeat: 'many',
    value: v.strictTuple([anyWord, anyWord]),
    set: (draft, [type, file]) => {
      draft.settings.stonith = { from: '*', type, params: ['-F', file] }
    },
  }),
  line({
    name: 'stonith_host',
    grammar: 'stonith_host FROM TYPE PARAMETERS...',
    meaning: 'The same with its parameters in place, for the node FROM or for all (*).',
    example: 'stonith_host * external/ssh alpha beta',
    repeat: 'many',
    value: v.tupleWithRest([anyWord, anyWord], anyWord),
    set: (draft, [from, type, ...params]) => {
      if (from !== '*' && from.toLowerCase() !== draft.nodename) return
      draft.settings.stonith = { from, type, params: params.length > 0 ? ['-p', params.join(' ')] : [] }
    },
  }),
  client(
    'respawn',
    'A program that is started with the cluster and again when it ends.',
    'respawn root /usr/local/bin/watch',
    false,
  ),
  client(
    'failfast',
    'As respawn, but the machine is rebooted if the program fails.',
    'failfast root /usr/local/bin/vital',
    true,
  ),
  words({
    name: 'env',
    grammar: 'env NAME=VALUE...',
    meaning: 'Sets HA_NAME in the environment of all scripts and programs.',
    example: 'env SITE=north',
    repeat: 'many',
    reload: {
      how: 'scripts have it from their next run on; respawn programs that run keep what they were started with',
    },
    value: assignment,
    remark: assigned,
    set: (draft, [name, value]) => {
      draft.env.set(`HA_${name}`, value)
    },
  }),
  words({
    name: 'watchdog',
    grammar: 'watchdog DEVICE',
    meaning: 'A device that reboots the machine when it is no longer written to.',
    example: 'watchdog /dev/watchdog',
    recorded: true,
    repeat: 'once',
    reload: { how: 'the old device is told that nobody will feed it any more, the new one is opened' },
    value: absolutePath,
    set: into('watchdog'),
  }),
  words({
    name: 'quorum_server',
    grammar: 'quorum_server NAME',
    meaning: 'A host to ask who may go on after a partition; heartbeat uses it with Pacemaker only.',
    example: 'ping 192.168.0.1',
    recorded: true,
    handling: {
      does: 'warns',
      how: 'hb asks no quorum server',
      remedy: 'ping nodes help to tell a cut link from a dead peer',
    },
    value: anyWord,
  }),
]
