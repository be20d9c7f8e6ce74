/** Two hosts of one cluster: node1 runs the executable that Bun made, node2 the source on Deno. */
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Cluster, deadtimeMs, serviceAddress, slackMs, withCluster } from '../e2e/harness.ts'
import { project } from '../lab/lab.ts'

const group = `${serviceAddress}/24/eth0`
const deno = join(project, 'node_modules/.bin/deno')
const source = join(project, 'src/main.ts')
/** An engine that is not compiled takes longer to answer on a busy machine. */
const denoSlackMs = slackMs + 1000

async function startBoth(cluster: Cluster): Promise<void> {
  await cluster.start('node1')
  await cluster.lab.run('start', 'node2', 'echo')
  await cluster.lab.run('start', 'node2', deno, 'run', '-A', source, 'run', '--config', '/etc/ha.d')
  await cluster.agreed()
}

const configuration = {}

test('node1 on Bun dies: node2 on Deno serves after deadtime', () =>
  withCluster(configuration, async (cluster) => {
    await startBoth(cluster)
    const runtime = await cluster.lab.run('exec', 'node2', deno, 'run', '-A', source, 'version')
    expect(runtime).toContain('Deno')
    const probe = cluster.lab.probe(20, { untilMoved: true })
    await probe.ready
    await cluster.lab.run('off', 'node1')
    const outage = await probe.result
    expect(outage).toMatchObject({ moved: true, from: 'node1', to: 'node2', doubled: 0 })
    expect(outage.outageMs!).toBeLessThan(deadtimeMs + denoSlackMs)
    expect((await cluster.status('node2'))!.groups).toMatchObject([{ group, holder: 'node2' }])
  }))

test('standby moves the address to Deno and back to Bun', () =>
  withCluster(configuration, async (cluster) => {
    await startBoth(cluster)
    expect((await cluster.hb('node1', 'standby')).code).toBe(0)
    await cluster.heldBy(['node2'], 10_000)
    expect(await cluster.agreed()).toEqual({ [group]: 'node2' })
    expect((await cluster.hb('node2', 'standby')).code).toBe(0)
    await cluster.heldBy(['node1'], 10_000)
    expect(await cluster.agreed()).toEqual({ [group]: 'node1' })
  }))

test('node2 on Deno dies while it holds: node1 on Bun takes over, and lets its address go when it ends', () =>
  withCluster({ ...configuration, haresources: `node2 ${group}\n` }, async (cluster) => {
    await startBoth(cluster)
    expect(await cluster.agreed()).toEqual({ [group]: 'node2' })
    await cluster.lab.run('kill', 'node2')
    await cluster.heldBy(['node1'], deadtimeMs + denoSlackMs)
  }))
