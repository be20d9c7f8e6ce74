/** Two hosts of a lab with hb on them, for tests from the outside. */
import { join } from 'node:path'
import { Lab, project, type Ran, serviceAddress, waitFor } from '../lab/lab.ts'

export { serviceAddress, waitFor }

export const executable = process.env.HB_BIN ?? join(project, 'dist/hb')
export const keepaliveMs = 200
export const deadtimeMs = 1000
/** What a test machine may be late by, beyond what the configuration says. */
export const slackMs = 1500
const READY_TIMEOUT_MS = 25_000

export interface Options {
  /** Lines of ha.cf beside the usual ones. */
  readonly extra?: readonly string[]
  readonly media?: readonly string[]
  readonly autoFailback?: 'on' | 'off' | 'legacy'
  readonly haresources?: string
  readonly hbcf?: string
  /** Files of resource.d. */
  readonly scripts?: Readonly<Record<string, string>>
}

/** The part of the status document that tests look at. */
export interface Status {
  readonly version: number
  readonly node: string
  readonly phase: string
  readonly stable: boolean
  readonly warnings: readonly string[]
  readonly groups: readonly {
    group: string
    owner: string
    holder: string | null
    state: string
    monitors: readonly { resource: string; state: string; failures: number }[]
  }[]
  readonly nodes: readonly {
    node: string
    local: boolean
    state: string
    links: readonly { name: string; state: string }[]
  }[]
  readonly links: readonly { name: string; state: string; detail: string }[]
  readonly counters: Readonly<Record<string, number>>
  readonly refusals: Readonly<Record<string, number>>
}

const oneLink = ['ucast eth0 10.77.0.1', 'ucast eth0 10.77.0.2']
export const twoLinks = [...oneLink, 'ucast eth1 10.78.0.1', 'ucast eth1 10.78.0.2']

let count = 0

export class Cluster {
  readonly lab: Lab

  constructor(
    lab: Lab,
    readonly hosts: readonly string[] = ['node1', 'node2'],
  ) {
    this.lab = lab
  }

  /** Writes the same configuration to both hosts, or to one. */
  async configure(options: Options = {}, host = 'all', key = 'labsecret'): Promise<void> {
    const lines = [
      'logfile /var/log/ha-log',
      `keepalive ${keepaliveMs}ms`,
      'warntime 500ms',
      `deadtime ${deadtimeMs}ms`,
      'initdead 3',
      ...(options.media ?? oneLink),
      `auto_failback ${options.autoFailback ?? 'off'}`,
      ...(options.extra ?? []),
      `node ${this.hosts.join(' ')}`,
    ]
    await this.put(host, 'ha.cf', `${lines.join('\n')}\n`)
    await this.put(host, 'haresources', options.haresources ?? `node1 ${serviceAddress}/24/eth0\n`)
    await this.put(host, 'authkeys', `auth 1\n1 sha1 ${key}\n`)
    if (options.hbcf !== undefined) await this.put(host, 'hb.cf', options.hbcf)
    for (const [name, text] of Object.entries(options.scripts ?? {})) {
      await this.lab.put(host, '/etc/ha.d/resource.d', name, text, 0o755)
    }
  }

  /** A file into /etc/ha.d; authkeys gets mode 0600. */
  put(host: string, name: string, text: string, mode?: number): Promise<void> {
    return this.lab.put(host, '/etc/ha.d', name, text, mode)
  }

  /** Starts the echo responder and hb. */
  async start(...hosts: string[]): Promise<void> {
    for (const host of hosts) {
      await this.lab.run('start', host, 'echo')
      await this.lab.run('start', host, 'hb')
    }
  }

  /** Runs a verb of hb inside a host. */
  hb(host: string, ...words: string[]): Promise<Ran> {
    return this.lab.ask('exec', host, executable, ...words)
  }

  /** What hb says of itself there; null while it does not answer. */
  async status(host: string): Promise<Status | null> {
    const { out } = await this.hb(host, 'status', '--json')
    try {
      return JSON.parse(out) as Status
    } catch {
      return null
    }
  }

  /** Waits until both nodes are at rest and of one mind, and the interfaces bear them out; gives group -> holder. */
  async agreed(timeoutMs = READY_TIMEOUT_MS): Promise<Record<string, string | null>> {
    const ask = async () => {
      const [one, two] = await Promise.all([this.status('node1'), this.status('node2')])
      const views = [one, two].map((s) => s && Object.fromEntries(s.groups.map((g) => [g.group, g.holder])))
      const rest = [one, two].every(
        (s) => s !== null && s.phase === 'active' && s.stable && s.nodes.every((n) => n.state === 'active'),
      )
      return { rest, views, truth: await this.truth(Object.keys(views[0] ?? {})) }
    }
    const { views } = await waitFor(
      'two nodes that agree on who holds what, as the interfaces show it',
      timeoutMs,
      ask,
      ({ rest, views, truth }) => rest && Bun.deepEquals(views[0], views[1]) && Bun.deepEquals(views[0], truth),
    )
    return views[0]!
  }

  /** What hb says of itself there to people, on one line. */
  async words(host: string): Promise<string> {
    return (await this.hb(host, 'status')).out.replace(/\s+/g, ' ')
  }

  /** Waits until hb says that of itself there; gives all that it says. */
  says(host: string, what: string | RegExp, timeoutMs = 10_000): Promise<string> {
    const pleases = (text: string) => (typeof what === 'string' ? text.includes(what) : what.test(text))
    return waitFor(`${what} in the status of ${host}`, timeoutMs, () => this.words(host), pleases)
  }

  /** What the status port of a host answers. */
  read(host: string, path: string): Promise<string> {
    const script = `console.log(await (await fetch('http://127.0.0.1:8694${path}')).text())`
    return this.lab.run('exec', host, process.execPath, '-e', script)
  }

  /** Group -> the one host that has its address; several hosts are shown together. */
  async truth(groups: readonly string[]): Promise<Record<string, string | null>> {
    const rows = await Promise.all(
      groups.map(async (group) => {
        const address = group.match(/\d+\.\d+\.\d+\.\d+/)?.[0] ?? group
        return [group, (await this.lab.holders(address)).join(' and ') || null] as const
      }),
    )
    return Object.fromEntries(rows)
  }

  /** Waits until these hosts and no others have the address. */
  async heldBy(hosts: readonly string[], timeoutMs: number, address = serviceAddress): Promise<void> {
    await waitFor(
      `${address} on ${hosts.join(', ') || 'nobody'}`,
      timeoutMs,
      () => this.lab.holders(address),
      (holders) => Bun.deepEquals(holders, hosts),
    )
  }

  /** Waits until the client's own neighbour table leads to that host, while it talks to the address. */
  async reachedAt(host: string, timeoutMs: number): Promise<void> {
    const probe = this.lab.probe(timeoutMs / 1000 + 5)
    try {
      const mac = `02:77:00:00:00:0${host.slice(-1)}`
      await waitFor(
        `${serviceAddress} at ${mac} for the client`,
        timeoutMs,
        () => this.lab.run('net', 'client', 'ip', 'neigh', 'show', serviceAddress),
        (line) => line.includes(mac) && !/FAILED|INCOMPLETE/.test(line),
      )
    } finally {
      await probe.end()
    }
  }

  /** The ends of both hosts' logs, for a reader of a failure. */
  async logs(): Promise<string> {
    const texts = this.hosts.map(async (host) => {
      const path = (await this.lab.run('path', host, '/var/log/')).trim()
      const script = 'echo "== $2"; tail -n 60 "$1/lab-hb.log" 2>&1'
      return await new Response(Bun.spawn(['sh', '-c', script, 'sh', path, host]).stdout).text()
    })
    return (await Promise.all(texts)).join('')
  }
}

/** Gives work a lab with two configured hosts, takes it down afterwards, and adds the logs to a failure. */
export async function withCluster(options: Options, work: (cluster: Cluster) => Promise<void>): Promise<void> {
  const cluster = new Cluster(new Lab(`e${process.pid}n${count++}`))
  await cluster.lab.up(2)
  try {
    await cluster.configure(options)
    await work(cluster)
  } catch (error) {
    console.error(await cluster.logs())
    throw error
  } finally {
    await cluster.lab.down()
  }
}

/** The same with hb running on both and in agreement. */
export function withRunning(options: Options, work: (cluster: Cluster) => Promise<void>): Promise<void> {
  return withCluster(options, async (cluster) => {
    await cluster.start('node1', 'node2')
    await cluster.agreed()
    await work(cluster)
  })
}
