/** Two hosts of a lab, each with heartbeat 3.0.6 or hb on it, and the same words for both. */
import { join } from 'node:path'
import { Lab, project, waitFor } from '../lab/lab.ts'
import { Watch } from './watch.ts'

export type Kind = 'heartbeat' | 'hb'
export type Host = 'node1' | 'node2'
export type Rule = 'on' | 'off' | 'legacy'
export type StandbySet = 'local' | 'foreign' | 'all'

export const hosts = ['node1', 'node2'] as const
export const addressOf = { node1: '10.77.0.100', node2: '10.77.0.101' } as const
export const other = (host: Host): Host => (host === 'node1' ? 'node2' : 'node1')

export const executable = process.env.HB_BIN ?? join(project, 'dist/hb')
const tools = '/usr/share/heartbeat'

const media = {
  bcast: (link: string) => [`bcast eth${link}`],
  ucast: (link: string) => [
    `ucast eth${link} 10.7${7 + Number(link)}.0.1`,
    `ucast eth${link} 10.7${7 + Number(link)}.0.2`,
  ],
  mcast: (link: string) => [`mcast eth${link} 225.0.0.${1 + Number(link)} 694 1 0`],
}
export type Medium = keyof typeof media
export type Method = 'crc' | 'md5' | 'sha1'

export interface Setup {
  readonly kinds: Readonly<Record<Host, Kind>>
  readonly medium: Medium
  readonly method: Method
  readonly rule: Rule
  readonly twoLinks?: boolean
  readonly deadtimeS?: number
  readonly extra?: readonly string[]
}

let count = 0

export class Pair {
  readonly lab: Lab
  readonly setup: Setup
  readonly watch: Watch

  constructor(setup: Setup) {
    this.setup = setup
    this.lab = new Lab(`i${process.pid % 100_000}n${count++}`)
    this.watch = new Watch(this.lab)
  }

  kind(host: Host): Kind {
    return this.setup.kinds[host]
  }

  async up(): Promise<void> {
    const { medium, rule, twoLinks, deadtimeS = 1, extra = [] } = this.setup
    await this.lab.up(2)
    const lines = [
      'logfile /var/log/ha-log',
      'keepalive 200ms',
      `warntime ${deadtimeS * 500}ms`,
      `deadtime ${deadtimeS}`,
      `initdead ${Math.max(3, deadtimeS)}`,
      ...media[medium]('0'),
      ...(twoLinks === true ? media[medium]('1') : []),
      `auto_failback ${rule}`,
      ...extra,
      'node node1 node2',
    ]
    await this.lab.put('all', '/etc/ha.d', 'ha.cf', `${lines.join('\n')}\n`)
    const groups = hosts.map((h) => `${h} IPaddr2::${addressOf[h]}/24/eth0\n`).join('')
    await this.lab.put('all', '/etc/ha.d', 'haresources', groups)
    await this.keys(`auth 1\n1 ${this.setup.method}${this.setup.method === 'crc' ? '' : ' labsecret'}\n`)
    await this.watch.begin()
  }

  keys(text: string, host = 'all'): Promise<void> {
    return this.lab.put(host, '/etc/ha.d', 'authkeys', text)
  }

  async down(): Promise<void> {
    this.watch.end()
    await this.lab.down()
  }

  async start(...which: Host[]): Promise<void> {
    for (const host of which) {
      this.watch.alive(host)
      await this.lab.run('start', host, 'echo')
      await this.lab.run('start', host, this.kind(host))
    }
  }

  /** The daemon's own graceful end. */
  async stop(host: Host): Promise<void> {
    await this.lab.run('stop', host, this.kind(host))
  }

  async kill(host: Host): Promise<void> {
    this.watch.dead(host)
    await this.lab.run('kill', host)
  }

  async off(host: Host): Promise<void> {
    this.watch.dead(host)
    await this.lab.run('off', host)
  }

  /** By SIGHUP, which heartbeat's own option sends too. */
  async reload(host: Host): Promise<void> {
    if (this.kind(host) === 'hb') await this.lab.run('signal', host, 'hb', 'HUP')
    else await this.lab.run('exec', host, '/usr/libexec/heartbeat/heartbeat', '-r')
  }

  async standby(host: Host, set: StandbySet): Promise<void> {
    if (this.kind(host) === 'hb') await this.lab.run('exec', host, executable, 'standby', set)
    else await this.lab.run('exec', host, `${tools}/hb_standby`, set)
  }

  async takeover(host: Host, set: StandbySet): Promise<void> {
    if (this.kind(host) === 'hb') await this.lab.run('exec', host, executable, 'takeover', set)
    else await this.lab.run('exec', host, `${tools}/hb_takeover`, set)
  }

  /** none, local, foreign, all or transition, as that node's own tool says. */
  async claim(host: Host): Promise<string> {
    if (this.kind(host) === 'heartbeat') return (await this.lab.ask('exec', host, 'cl_status', 'rscstatus')).out.trim()
    const status = await this.status(host)
    if (status === null) return ''
    if (this.setup.rule === 'legacy') return 'none'
    return status.stable ? status.claim : 'transition'
  }

  async nodeState(host: Host, of: Host): Promise<string> {
    if (this.kind(host) === 'heartbeat') {
      return (await this.lab.ask('exec', host, 'cl_status', 'nodestatus', of)).out.trim()
    }
    const status = await this.status(host)
    return status?.nodes.find((n) => n.node === of)?.state ?? ''
  }

  async status(host: Host): Promise<HbStatus | null> {
    const { out } = await this.lab.ask('exec', host, executable, 'status', '--json')
    try {
      return JSON.parse(out) as HbStatus
    } catch {
      return null
    }
  }

  /** Waits until the addresses are where they should be, both daemons are at rest and each knows the other's state. */
  async settled(
    holders: Readonly<Record<Host, Host>>,
    timeoutMs: number,
    alive: readonly Host[] = hosts,
  ): Promise<void> {
    await this.held(holders, timeoutMs)
    const ask = async () => {
      const views = alive.map(async (h) => {
        const states = hosts.map(async (of) => `${of} ${await this.nodeState(h, of)}`)
        return `${h}: ${await this.claim(h)}; ${(await Promise.all(states)).join(', ')}`
      })
      return (await Promise.all(views)).sort()
    }
    const wanted = alive.map(
      (h) =>
        `${h}: ${this.claimFor(h, holders)}; ${hosts.map((of) => `${of} ${alive.includes(of) ? 'active' : 'dead'}`).join(', ')}`,
    )
    await waitFor(`[${wanted.join('] [')}]`, timeoutMs, ask, (views) => Bun.deepEquals(views, wanted))
  }

  async held(holders: Readonly<Record<Host, Host>>, timeoutMs: number): Promise<void> {
    const ask = async () => {
      const found = hosts.map(async (h) => (await this.lab.holders(addressOf[h])).join(' and '))
      return Promise.all(found)
    }
    const wanted = hosts.map((h) => holders[h])
    await waitFor(`addresses of node1 and node2 on ${wanted.join(' and ')}`, timeoutMs, ask, (f) =>
      Bun.deepEquals(f, wanted),
    )
  }

  /** Waits until the monitors have reported what the kernels have: else no overlap would mean that nobody looked. */
  async watched(): Promise<void> {
    const ask = async () => {
      const found = hosts.map(async (h) => (await this.lab.holders(addressOf[h])).map((on) => `${on} ${addressOf[h]}`))
      return { kernels: (await Promise.all(found)).flat().sort(), reports: this.watch.holders() }
    }
    await waitFor('reports of what the kernels have', 2000, ask, (a) => Bun.deepEquals(a.kernels, a.reports))
  }

  /** Waits until the first link works and the second is in that state, as each daemon's tools say of the other node. */
  async secondLink(state: 'up' | 'dead', timeoutMs: number): Promise<void> {
    const wanted = `eth0 up, eth1 ${state}`
    const ask = async () => (await Promise.all(hosts.map((h) => this.linksSaid(h)))).flat()
    await waitFor(wanted, timeoutMs, ask, (said) => said.every((s) => s === wanted))
  }

  private async linksSaid(host: Host): Promise<string[]> {
    const peer = other(host)
    const asked = ['eth0', 'eth1'].map(async (link) => {
      const { out } = await this.lab.ask('exec', host, 'cl_status', 'hblinkstatus', peer, link)
      return `${link} ${out.trim()}`
    })
    const said = [(await Promise.all(asked)).join(', ')]
    if (this.kind(host) === 'heartbeat') return said
    const links = (await this.status(host))?.nodes.find((n) => n.node === peer)?.links ?? []
    return [...said, links.map(({ name, state }) => `${name} ${state}`).join(', ')]
  }

  private claimFor(host: Host, holders: Readonly<Record<Host, Host>>): string {
    if (this.setup.rule === 'legacy') return 'none'
    const local = holders[host] === host
    const foreign = holders[other(host)] === host
    if (local) return foreign ? 'all' : 'local'
    return foreign ? 'foreign' : 'none'
  }

  /** heartbeat's complaints on a host, numbers and names made equal, each once. */
  async complaints(host: Host): Promise<string[]> {
    return [
      ...new Set(
        (await this.log(host))
          .split('\n')
          .filter((l) => /(WARN|ERROR|CRIT|EMERG):/.test(l))
          .map(normal),
      ),
    ].sort()
  }

  /** Throws where there is none: every daemon that was started has said something. */
  async log(host: Host): Promise<string> {
    const path = (await this.lab.run('path', host, '/var/log/ha-log')).trim()
    const text = await Bun.file(path).text()
    if (text === '') throw new Error(`${host}: the log of ${this.kind(host)} is empty`)
    return text
  }

  /** For whoever reads that a test has failed: why, and what both daemons said. */
  async failure(error: unknown): Promise<string> {
    return `${error instanceof Error ? error.message : error}\n${await this.logs()}`
  }

  async logs(): Promise<string> {
    const texts = hosts.map(async (h) => {
      const dir = (await this.lab.run('path', h, '/var/log')).trim()
      const log = await Bun.file(`${dir}/ha-log`)
        .text()
        .catch(() => '')
      return `== ${h} (${this.kind(h)})\n${log.split('\n').slice(-400).join('\n')}\n`
    })
    return (await Promise.all(texts)).join('')
  }
}

export interface HbStatus {
  readonly stable: boolean
  readonly claim: string
  readonly counters: Readonly<Record<string, number>>
  readonly nodes: readonly {
    readonly node: string
    readonly state: string
    readonly links: readonly { readonly name: string; readonly state: string }[]
  }[]
}

function normal(line: string): string {
  return line
    .replace(/^.*?(heartbeat|ResourceManager\(default\)|[A-Za-z_]+): \[\d+\]: /, '')
    .replace(/node[12]/g, 'NODE')
    .replace(/10\.77\.0\.\d+/g, 'ADDR')
    .replace(/\b0x[0-9a-f]+|\b[0-9a-f]{8,}\b|\d+/g, 'N')
}
