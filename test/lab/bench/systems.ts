/** The systems that can be measured, each as configuration and commands on the lab's hosts node1 and node2. */
import { type Lab, serviceAddress } from '../lab.ts'

export const hosts = ['node1', 'node2'] as const

/** One kind of cluster. Times in ms. */
export interface System {
  readonly name: string
  /** What in a process's command line says that it belongs to this system. */
  readonly process: RegExp
  /** From "ready" to the fault, so that start-up rules of the system are over. */
  readonly settleMs: number
  configure(lab: Lab, host: string): Promise<void>
  start(lab: Lab, host: string): Promise<unknown>
  /** Beyond the one holder that the bench sees itself: is the other host fit to take over? */
  ready(lab: Lab, active: string): Promise<boolean>
  /** The system's own graceful hand-over, and what makes that host fit again afterwards. */
  switchover(lab: Lab, active: string): Promise<unknown>
  revive(lab: Lab, host: string): Promise<unknown>
}

interface Timing {
  readonly keepalive: string
  readonly deadtime: string
  readonly warntime: string
}

const timings: Record<string, Timing> = {
  '200ms-1s': { keepalive: '200ms', deadtime: '1', warntime: '500ms' },
  '100ms-500ms': { keepalive: '100ms', deadtime: '500ms', warntime: '300ms' },
  // Never less patient than VRRPv3 at 0.1 s, which waits for 361 ms from its last advertisement, up to 100 ms of which are over.
  '20ms-300ms': { keepalive: '20ms', deadtime: '300ms', warntime: '160ms' },
  '50ms-200ms': { keepalive: '50ms', deadtime: '200ms', warntime: '120ms' },
}

/** hb and heartbeat get the very same files. */
async function configureHeartbeat(lab: Lab, host: string, { keepalive, deadtime, warntime }: Timing): Promise<void> {
  const lines = [
    'logfile /var/log/ha-log',
    `keepalive ${keepalive}`,
    `warntime ${warntime}`,
    `deadtime ${deadtime}`,
    'initdead 3',
    'ucast eth0 10.77.0.1',
    'ucast eth0 10.77.0.2',
    'auto_failback off',
    'node node1 node2',
  ]
  await lab.put(host, '/etc/ha.d', 'ha.cf', `${lines.join('\n')}\n`)
  await lab.put(host, '/etc/ha.d', 'authkeys', 'auth 1\n1 sha1 labsecret\n')
  await lab.put(host, '/etc/ha.d', 'haresources', `node1 IPaddr2::${serviceAddress}/24/eth0\n`)
}

function heartbeat(timing: string): System {
  return {
    name: `heartbeat-${timing}`,
    process: /heartbeat: /,
    settleMs: 2000,
    configure: (lab, host) => configureHeartbeat(lab, host, timings[timing]!),
    start: (lab, host) => lab.run('start', host, 'heartbeat'),
    async ready(lab, active) {
      const states = new Map<string, string>()
      for (const host of hosts) states.set(host, (await lab.ask('exec', host, 'cl_status', 'rscstatus')).out.trim())
      const holds = states.get(active) ?? ''
      states.delete(active)
      return (
        ['all', 'local'].includes(holds) && [...states.values()].every((s) => ['none', 'local', 'foreign'].includes(s))
      )
    },
    switchover: (lab, active) => lab.run('exec', active, '/usr/share/heartbeat/hb_standby', 'all'),
    revive: async () => {},
  }
}

function hb(timing: string): System {
  const command = process.env.HB_BIN ?? new URL('../../../dist/hb', import.meta.url).pathname
  return {
    ...heartbeat(timing),
    name: `hb-${timing}`,
    process: / run --config \/etc\/ha\.d/,
    start: (lab, host) => lab.run('start', host, 'hb'),
    async ready(lab) {
      for (const host of hosts) {
        const { out } = await lab.ask('exec', host, ...command.split(' '), 'status', '--json')
        try {
          const status = JSON.parse(out) as { phase: string; stable: boolean; nodes: { state: string }[] }
          const joined = status.nodes.every((node) => node.state === 'active')
          if (status.phase !== 'active' || !status.stable || !joined) return false
        } catch {
          return false
        }
      }
      return true
    },
    switchover: (lab, active) => lab.run('exec', active, ...command.split(' '), 'standby', 'all'),
  }
}

function keepalived(name: string, version: 2 | 3, intervalS: number): System {
  return {
    name,
    process: /^keepalived\b|\/keepalived\b/,
    settleMs: Math.max(1000, 4500 * intervalS),
    async configure(lab, host) {
      const instance = [
        'state BACKUP',
        'nopreempt',
        'interface eth0',
        'virtual_router_id 77',
        'priority 100',
        `advert_int ${intervalS}`,
        `virtual_ipaddress {\n ${serviceAddress}/24 dev eth0\n }`,
      ]
      const text = `global_defs {\n vrrp_version ${version}\n}\nvrrp_instance lab {\n ${instance.join('\n ')}\n}\n`
      await lab.put(host, '/etc/keepalived', 'keepalived.conf', text)
    },
    start: (lab, host) => lab.run('start', host, 'keepalived'),
    ready: async () => true,
    switchover: (lab, active) => lab.run('stop', active, 'keepalived'),
    revive: (lab, host) => lab.run('start', host, 'keepalived'),
  }
}

function ucarp(): System {
  const start = (lab: Lab, host: string) => {
    const own = `10.77.0.${hosts.indexOf(host as 'node1') + 1}`
    const words = `-i eth0 -s ${own} -v 77 -p labsecret -a ${serviceAddress} -b 1 -k 0 -r 2 -z`.split(' ')
    return lab.run('start', host, 'ucarp', ...words, '-u', '/etc/ha.d/vip-up', '-d', '/etc/ha.d/vip-down')
  }
  return {
    name: 'ucarp-1s',
    process: /ucarp /,
    settleMs: 4000,
    async configure(lab, host) {
      for (const [name, verb] of [
        ['vip-up', 'add'],
        ['vip-down', 'del'],
      ] as const) {
        const text = `#!/bin/sh\nip addr ${verb} ${serviceAddress}/24 dev "$1" 2>/dev/null\nexit 0\n`
        await lab.put(host, '/etc/ha.d', name, text, 0o755)
      }
    },
    start,
    ready: async () => true,
    switchover: (lab, active) => lab.run('stop', active, 'ucarp'),
    revive: start,
  }
}

export const systems: ReadonlyMap<string, System> = new Map(
  [
    ...Object.keys(timings).flatMap((timing) => [hb(timing), heartbeat(timing)]),
    keepalived('vrrp2-1s', 2, 1),
    keepalived('vrrp3-100ms', 3, 0.1),
    keepalived('vrrp3-10ms', 3, 0.01),
    ucarp(),
  ].map((system) => [system.name, system]),
)
