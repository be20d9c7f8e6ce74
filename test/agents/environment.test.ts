import { describe, expect, test } from 'bun:test'
import { type ScriptConfig, scriptEnvironment } from '../../src/agents/environment.ts'

const config: ScriptConfig = {
  dir: '/etc/ha.d',
  env: new Map([['STOPRETRYMAX', '5']]),
  parameters: new Map([
    ['keepalive', '2000'],
    ['auto_failback', 'on'],
  ]),
  logging: {
    facility: 'local0',
    logfile: '/var/log/ha-log',
    debugfile: null,
    useLogd: false,
    syslogmsgfmt: true,
    logBadpack: true,
    debug: 1,
  },
  cluster: { autoFailback: 'on' },
}

describe("heartbeat's variables", () => {
  test('all that scripts and shellfuncs read', () => {
    expect(scriptEnvironment(config, {}, 'node1')).toEqual({
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HA_COMPRESSION: 'zlib',
      HA_compression: 'zlib',
      HA_compression_threshold: '2',
      HA_traditional_compression: 'no',
      HA_pacemaker: 'false',
      HA_enable_config_writes: 'on',
      HA_record_config_changes: 'on',
      HA_record_pengine_inputs: 'on',
      HA_keepalive: '2000',
      HA_auto_failback: 'on',
      HA_hbversion: '3.0.6',
      HA_CURHOST: 'node1',
      HA_DIR: '/etc/ha.d',
      HA_FUNCS: '/etc/ha.d/shellfuncs',
      HA_DATEFMT: '%Y/%m/%d_%T\t',
      OCF_ROOT: '/usr/lib/ocf',
      HA_LOGFILE: '/var/log/ha-log',
      HA_DEBUGLOG: '',
      HA_LOGFACILITY: 'local0',
      HA_debug: '1',
      HA_LOGD: 'no',
      HA_NICEFAILBACK: 'yes',
      HA_STOPRETRYMAX: '5',
    })
  })

  test('what has no value is not set', () => {
    const logging = { ...config.logging, facility: null, debug: 0, useLogd: true }
    const env = scriptEnvironment({ ...config, logging, cluster: { autoFailback: 'legacy' } }, {}, 'node1')
    expect(env).not.toHaveProperty('HA_LOGFACILITY')
    expect(env).not.toHaveProperty('HA_debug')
    expect(env).not.toHaveProperty('HA_NICEFAILBACK')
    expect(env.HA_LOGD).toBe('yes')
  })
})

describe('our own environment', () => {
  test('is passed on as it was at the start, except for what the service manager means for this process', () => {
    const base = {
      PATH: '/opt/bin',
      LANG: 'C',
      NOTIFY_SOCKET: '/run/s',
      WATCHDOG_USEC: '1',
      LISTEN_FDS: '1',
      NOTHING: undefined,
    }
    const env = scriptEnvironment(config, base, 'node1')
    expect(env).toMatchObject({ PATH: '/opt/bin', LANG: 'C' })
    expect(scriptEnvironment(config, { LD_LIBRARY_PATH: '/site', NODE_OPTIONS: '--x' }, 'node1')).toMatchObject({
      LD_LIBRARY_PATH: '/site',
      NODE_OPTIONS: '--x',
    })
    for (const name of Object.keys(base).slice(2)) expect(env).not.toHaveProperty(name)
  })

  test('does not go before the configuration', () => {
    expect(scriptEnvironment(config, { HA_CURHOST: 'other', HA_keepalive: '1' }, 'node1')).toMatchObject({
      HA_CURHOST: 'node1',
      HA_keepalive: '2000',
    })
  })
})
