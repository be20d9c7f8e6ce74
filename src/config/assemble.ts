/** From a draft without errors to the configuration that everything else sees. */
import { type Times, timesOf } from './check-settings.ts'
import type { Draft, Settings } from './draft.ts'
import { haresourcesSum } from './haresources.ts'
import type { ApiAuth, ClusterConfig, Config, Group, KeyRing, Logging } from './types.ts'

const defaultApiauth: readonly ApiAuth[] = [
  { client: 'ipfail', uids: ['hacluster'], gids: [] },
  { client: 'ccm', uids: ['hacluster'], gids: [] },
  { client: 'ping', uids: [], gids: ['haclient'] },
  { client: 'lha-snmpagent', uids: ['root'], gids: [] },
  { client: 'anon', uids: ['root'], gids: ['haclient'] },
]

export function assemble(dir: string, draft: Draft, groups: readonly Group[], keys: KeyRing): Config {
  const settings = draft.settings as Settings
  const times = timesOf(settings)
  const logging = loggingOf(settings)
  const given = new Set(draft.apiauth.map((a) => a.client))
  const [host, port] = settings.status ?? []
  return {
    dir,
    cluster: clusterOf(draft, settings, times, groups),
    clusterName: settings.clusterName,
    media: draft.media,
    keys,
    logging,
    clients: draft.clients,
    apiauth: [
      ...defaultApiauth.filter((a) => !given.has(a.client)),
      ...draft.apiauth.map(({ client, uids, gids }) => ({ client, uids, gids })),
    ],
    watchdog: settings.watchdog ?? null,
    stonith: settings.stonith ?? null,
    realtime: settings.realtime,
    rtprio: settings.rtprio ?? null,
    hbgenmethod: settings.hbgenmethod,
    uuidfrom: settings.uuidfrom,
    msgfmt: settings.msgfmt,
    coredumps: settings.coredumps,
    coreroot: settings.coreroot,
    env: draft.env,
    parameters: parametersOf(draft, times, logging),
    http: host === undefined || port === undefined ? null : { host, port },
    addresses: {
      lease: settings.lease,
      arpCount: settings.arpCount ?? null,
      arpIntervalMs: settings.arpIntervalMs ?? null,
      arpRefreshMs: settings.arpRefreshMs,
    },
    nodeOrder: nodeOrder(draft),
    fifo: settings.fifo,
  }
}

function nodeOrder({ nodes, pingNodes, given }: Draft): string[] {
  const pingLine = Math.max(...['ping', 'ping6', 'ping_group'].map((name) => given.get(name)?.line ?? 0))
  const pings = pingNodes.map((p) => p.name)
  const names = nodes.map((n) => n.name)
  return pingLine < (nodes[0]?.line ?? 0) ? [...pings, ...names] : [...names, ...pings]
}

function clusterOf(draft: Draft, settings: Settings, times: Times, groups: readonly Group[]): ClusterConfig {
  const links = draft.media.filter((m) => m.kind !== 'serial').map((m) => m.device)
  return {
    nodes: draft.nodes.map((n) => n.name),
    pingNodes: draft.pingNodes,
    keepaliveMs: settings.keepaliveMs,
    deadtimeMs: settings.deadtimeMs,
    ...times,
    maxRexmitDelayMs: settings.maxRexmitDelayMs,
    hopfudge: settings.hopfudge,
    autoFailback: settings.autoFailback,
    groups,
    links: [...new Set(links)],
    haresourcesSum: haresourcesSum(groups),
    startTimeoutMs: settings.startTimeoutMs,
    stopTimeoutMs: settings.stopTimeoutMs,
    statusTimeoutMs: settings.statusTimeoutMs,
    stopFailure: settings.stopFailure,
    unserved: settings.unserved,
    monitors: draft.monitors,
    fencing: settings.stonith !== undefined,
  }
}

/** Where nothing is named, syslog's facility daemon stands in for heartbeat's logging daemon. */
function loggingOf(settings: Settings): Logging {
  const { logfile = null, debugfile = null, useLogd = false } = settings
  const facility = (settings.facility ?? 'none') === 'none' ? null : settings.facility!
  return {
    facility: facility ?? (logfile === null && debugfile === null ? 'daemon' : null),
    logfile,
    debugfile,
    useLogd,
    syslogmsgfmt: settings.syslogmsgfmt,
    logBadpack: settings.logBadpack,
    debug: settings.debug,
  }
}

/** Recorded values as written; those that follow from others are worked out. */
function parametersOf(draft: Draft, times: Times, logging: Logging): Map<string, string> {
  const parameters = new Map(draft.texts)
  const fill = (name: string, value: string | null) => {
    if (value !== null && !parameters.has(name)) parameters.set(name, value)
  }
  fill('warntime', `${times.warntimeMs}ms`)
  fill('initdead', `${times.initdeadMs}ms`)
  fill('deadping', `${times.deadpingMs}ms`)
  fill('use_logd', 'no')
  fill('logfacility', logging.facility)
  if (logging.facility !== null) {
    fill('logfile', '/dev/null')
    fill('debugfile', '/dev/null')
  }
  return parameters
}
