/** One configuration on two hosts, with heartbeat 3.0.6 or hb on each, for stories that are told step by step. */
import { Cluster, type Options } from '../e2e/harness.ts'
import { Lab, waitFor } from '../lab/lab.ts'
import type { Host, Kind } from './cluster.ts'
import { hosts } from './cluster.ts'

export type Kinds = Readonly<Record<Host, Kind>>

export interface Story {
  readonly name: string
  readonly kinds: Kinds
  readonly options: Options
  /** On both hosts before the daemons start. */
  readonly prepare?: (cluster: Cluster) => Promise<void>
  readonly tell: (cluster: Cluster) => Promise<void>
}

let count = 0

/** Tells a story from the moment at which both daemons are at rest; the logs are added to a failure. */
export async function tell(story: Story): Promise<void> {
  const { kinds, options, prepare } = story
  const cluster = new Cluster(new Lab(`s${process.pid % 100_000}n${count++}`))
  await cluster.lab.up(2)
  try {
    await cluster.configure(options)
    await prepare?.(cluster)
    for (const host of hosts) await start(cluster, host, kinds[host])
    await settled(cluster, story)
    await story.tell(cluster)
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${await logs(cluster)}`)
  } finally {
    await cluster.lab.down()
  }
}

export async function start(cluster: Cluster, host: Host, kind: Kind): Promise<void> {
  await cluster.lab.run('start', host, 'echo')
  await cluster.lab.run('start', host, kind)
}

/** Waits until nothing is under way on either host and each sees the other one. */
export async function settled(cluster: Cluster, story: Pick<Story, 'kinds' | 'options'>): Promise<void> {
  await waitFor('both at rest', 40_000, async () => (await rest(cluster, story)).every(Boolean))
}

/** Of each host. In legacy mode nobody says what is under way. */
function rest(cluster: Cluster, { kinds, options }: Pick<Story, 'kinds' | 'options'>): Promise<boolean[]> {
  const legacy = options.autoFailback === 'legacy'
  const ask = async (host: Host): Promise<boolean> => {
    if (kinds[host] === 'hb') {
      const status = await cluster.status(host)
      return status?.phase === 'active' && (legacy || status.stable) && status.nodes.every((n) => n.state === 'active')
    }
    const say = async (...words: string[]) => (await cluster.lab.ask('exec', host, 'cl_status', ...words)).out.trim()
    const states = await Promise.all(hosts.map((of) => say('nodestatus', of)))
    return states.every((s) => s === 'active') && (legacy || /local|foreign|all|none/.test(await say('rscstatus')))
  }
  return Promise.all(hosts.map(ask))
}

async function logs(cluster: Cluster): Promise<string> {
  const texts = hosts.map(async (host) => {
    const log = await cluster.lab.ask('exec', host, 'tail', '-n', '80', '/var/log/ha-log')
    return `== ${host}\n${log.out}`
  })
  return (await Promise.all(texts)).join('')
}
