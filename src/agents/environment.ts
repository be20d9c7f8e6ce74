/** The environment of resource scripts, notification scripts and clients: heartbeat's HA_ variables. Pure. */
import type { Config } from '../config/types.ts'

export type ScriptConfig = Pick<Config, 'dir' | 'env' | 'parameters' | 'logging'> & {
  readonly cluster: Pick<Config['cluster'], 'autoFailback'>
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** heartbeat's values of what hb has no use for: scripts may look at them. */
const UNUSED: Readonly<Record<string, string>> = {
  HA_COMPRESSION: 'zlib',
  HA_compression: 'zlib',
  HA_compression_threshold: '2',
  HA_traditional_compression: 'no',
  HA_pacemaker: 'false',
  HA_enable_config_writes: 'on',
  HA_record_config_changes: 'on',
  HA_record_pengine_inputs: 'on',
}
/** Meant for this process alone, by the service manager. */
const OURS = /^(LISTEN_|WATCHDOG_|NOTIFY_SOCKET$)/

/** base: our own environment, of which what concerns only us is left out; node: the local node's name. */
export function scriptEnvironment(
  config: ScriptConfig,
  base: Readonly<Record<string, string | undefined>>,
  node: string,
): Record<string, string> {
  const env: Record<string, string> = { PATH }
  for (const [name, value] of Object.entries(base)) if (value !== undefined && !OURS.test(name)) env[name] = value
  Object.assign(env, UNUSED)
  for (const [name, value] of config.parameters) env[`HA_${name}`] = value
  env.HA_hbversion = '3.0.6'
  env.HA_CURHOST = node
  env.HA_DIR = config.dir
  env.HA_FUNCS = `${config.dir}/shellfuncs`
  env.HA_DATEFMT = '%Y/%m/%d_%T\t'
  env.OCF_ROOT = '/usr/lib/ocf'
  const { facility, logfile, debugfile, useLogd, debug } = config.logging
  env.HA_LOGFILE = logfile ?? ''
  env.HA_DEBUGLOG = debugfile ?? ''
  if (facility !== null) env.HA_LOGFACILITY = facility
  if (debug > 0) env.HA_debug = String(debug)
  env.HA_LOGD = useLogd ? 'yes' : 'no'
  if (config.cluster.autoFailback !== 'legacy') env.HA_NICEFAILBACK = 'yes'
  for (const [name, value] of config.env) env[name.startsWith('HA_') ? name : `HA_${name}`] = value
  return env
}
