/** What must be true of the directives as a whole, in the order in which heartbeat checks it. */
import type { Draft, Settings } from './draft.ts'
import { nearest } from './nearest.ts'
import { type ProblemList, whole } from './problem.ts'
import type { Place } from './types.ts'

/** Times in milliseconds, those that were not given worked out from deadtime. */
export interface Times {
  readonly warntimeMs: number
  readonly initdeadMs: number
  readonly deadpingMs: number
}

export function timesOf(settings: Settings): Times {
  const { deadtimeMs } = settings
  const initdead = deadtimeMs > 10_000 ? deadtimeMs : deadtimeMs < 6_000 ? 12_000 : 2 * deadtimeMs
  return {
    warntimeMs: settings.warntimeMs ?? Math.floor(deadtimeMs / 2),
    initdeadMs: settings.initdeadMs ?? initdead,
    deadpingMs: settings.deadpingMs ?? deadtimeMs,
  }
}

/** Problems of the settings; haCf is the file that is named where something is missing altogether. */
export function checkSettings(draft: Draft, haCf: string, problems: ProblemList): void {
  checkMedia(draft, haCf, problems)
  checkNodes(draft, haCf, problems)
  checkTimes(draft, haCf, problems)
  checkFailover(draft, haCf, problems)
  checkLogging(draft, haCf, problems)
}

/** Where a directive was given, else the whole file. */
const placeOf = (draft: Draft, file: string, name: string): Place => draft.given.get(name) ?? whole(file)

const linkNames = ['bcast', 'udp', 'ucast', 'ucast6', 'mcast', 'mcast6']

function checkMedia(draft: Draft, file: string, problems: ProblemList): void {
  const links = draft.media.filter((m) => m.kind !== 'serial')
  const remedy = 'add a line like: ucast eth0 192.168.0.2'
  if (links.length > 0 || linkNames.some((name) => draft.broken.has(name))) return
  if (draft.media.length > 0)
    problems.error(placeOf(draft, file, 'serial'), 'serial', 'the only link is serial, which hb does not use', remedy)
  else if (draft.pingNodes.length === 0) problems.error(whole(file), '', 'no medium for heartbeats', remedy)
  else problems.warning(whole(file), '', 'ping nodes only: the nodes cannot hear each other', remedy)
}

function checkNodes(draft: Draft, file: string, problems: ProblemList): void {
  const names = draft.nodes.map((n) => n.name)
  if (names.length === 0) {
    if (!draft.broken.has('node')) problems.error(whole(file), '', 'no node', 'name the nodes, like: node alpha beta')
    return
  }
  if (!names.includes(draft.nodename) && !draft.broken.has('node')) {
    const near = nearest(draft.nodename, names)
    const remedy =
      near === null ? 'add it, or put the right name into the file nodeinfo' : `did you mean it by ${near}?`
    const place = near === null ? draft.nodes[0]! : draft.nodes.find((n) => n.name === near)!
    problems.error(place, draft.nodename, 'no node directive names this host', remedy)
  }
  for (const ping of draft.pingNodes)
    if (names.includes(ping.name))
      problems.error(
        placeOf(draft, file, ping.kind),
        ping.name,
        'a node and a ping node have the same name',
        'rename one',
      )
  const third = draft.nodes[2]
  if (third)
    problems.warning(
      third,
      third.name,
      "more than two nodes: heartbeat's rules for groups are made for two",
      'run hb on all of them, heartbeat on none: each group goes to its owner, else to the first live node in ha.cf',
    )
}

function checkTimes(draft: Draft, file: string, problems: ProblemList): void {
  const settings = draft.settings as Settings
  if (['keepalive', 'deadtime', 'warntime', 'initdead', 'deadping'].some((name) => draft.broken.has(name))) return
  const { keepaliveMs, deadtimeMs } = settings
  const { warntimeMs, initdeadMs, deadpingMs } = timesOf(settings)
  const say = (severity: 'error' | 'warning', name: string, message: string, remedy: string) =>
    problems.add(severity, placeOf(draft, file, name), draft.given.get(name)?.name ?? '', { message, remedy })
  const least = `more than ${2 * keepaliveMs}ms, or shorten keepalive`
  if (deadtimeMs <= 2 * keepaliveMs) say('error', 'deadtime', 'deadtime is not more than twice keepalive', least)
  if (settings.deadpingMs !== undefined && deadpingMs <= 2 * keepaliveMs)
    say('error', 'deadping', 'deadping is not more than twice keepalive', least)
  if (initdeadMs < deadtimeMs) say('error', 'initdead', 'initdead is shorter than deadtime', `at least ${deadtimeMs}ms`)
  else if (initdeadMs < 10_000)
    say(
      'warning',
      'initdead',
      'initdead is under 10 s',
      'a network that comes up later than that splits the cluster at boot',
    )
  if (warntimeMs >= deadtimeMs && settings.warntimeMs !== undefined)
    say('warning', 'warntime', 'warntime is not shorter than deadtime', 'no late heartbeat would ever be logged')
  else if (warntimeMs <= keepaliveMs && settings.warntimeMs !== undefined)
    say('warning', 'warntime', 'warntime is not longer than keepalive', 'every heartbeat would be logged as late')
  if (deadtimeMs < 2000 && settings.lease)
    say(
      'warning',
      'deadtime',
      "deadtime is under 2 s: if hb is killed, its addresses may overlap the peer's for up to a second",
      'kernel leases count whole seconds; 2 or more avoids it',
    )
}

const fencingNames = ['stonith', 'stonith_host']

function checkFailover(draft: Draft, file: string, problems: ProblemList): void {
  const { autoFailback, stopFailure, stonith } = draft.settings as Settings
  if (autoFailback === 'legacy' && !draft.given.has('nice_failback') && !draft.broken.has('auto_failback'))
    problems.warning(
      placeOf(draft, file, 'auto_failback'),
      draft.given.get('auto_failback')?.name ?? '',
      draft.given.has('auto_failback')
        ? 'auto_failback legacy is outdated'
        : 'auto_failback is not set and means legacy',
      'write `auto_failback on` (back to its owner at once) or `off` (stays where it is)',
    )
  const fence = draft.given.get('stop_failure')
  if (stopFailure === 'fence' && stonith === undefined && fence && !fencingNames.some((name) => draft.broken.has(name)))
    problems.warning(
      fence,
      'fence',
      'stop_failure fence needs a fencing device',
      'without one it is as block; add stonith or stonith_host to ha.cf',
    )
}

function checkLogging(draft: Draft, file: string, problems: ProblemList): void {
  if (['logfacility', 'logfile', 'debugfile', 'use_logd'].some((name) => draft.broken.has(name))) return
  const { facility, logfile, debugfile, useLogd } = draft.settings
  const named = (facility ?? 'none') !== 'none' || logfile !== undefined || debugfile !== undefined
  if (!named && useLogd === false)
    problems.error(draft.given.get('use_logd')!, 'use_logd', 'no log at all', 'add a line like: logfacility daemon')
  else if (!named && useLogd === undefined)
    problems.warning(
      whole(file),
      '',
      "no log is named: heartbeat would use its logging daemon, hb uses syslog's facility daemon",
      'add a line like: logfacility daemon',
    )
}
