import { expect, test } from 'bun:test'
import { serviceAddress, slackMs, twoLinks, waitFor, withCluster } from './harness.ts'

const group = `${serviceAddress}/24/eth0`

test('two nodes that start together agree: the owner holds, well before ten seconds', () =>
  withCluster({}, async (cluster) => {
    const beganMs = performance.now()
    await cluster.start('node1', 'node2')
    expect(await cluster.agreed()).toEqual({ [group]: 'node1' })
    expect(performance.now() - beganMs).toBeLessThan(8000)
    for (const host of ['node1', 'node2']) {
      const status = (await cluster.status(host))!
      expect(status).toMatchObject({ version: 1, node: host, phase: 'active' })
      expect(status.groups).toMatchObject([{ group, owner: 'node1', holder: 'node1' }])
      expect(status.nodes.map((n) => [n.node, n.state]).sort()).toEqual([
        ['node1', 'active'],
        ['node2', 'active'],
      ])
    }
    await cluster.reachedAt('node1', 3000)
  }))

test('the status is served on localhost', () =>
  withCluster({}, async (cluster) => {
    await cluster.start('node1', 'node2')
    await cluster.agreed()
    const fetching = `console.log(JSON.stringify(await (await fetch('http://127.0.0.1:8694/status')).json()))`
    const text = await cluster.lab.run('net', 'node2', process.execPath, '-e', fetching)
    expect(JSON.parse(text)).toMatchObject({
      version: 1,
      node: 'node2',
      phase: 'active',
      groups: [{ group, owner: 'node1', holder: 'node1' }],
    })
    const { code, out } = await cluster.hb('node2', 'status')
    expect(code).toBe(0)
    expect(out).toContain('node1')
    expect(out).toContain(serviceAddress)
  }))

test('a node alone waits for initdead, then holds everything', () =>
  withCluster({}, async (cluster) => {
    const beganMs = performance.now()
    await cluster.start('node2')
    await Bun.sleep(2000)
    expect(await cluster.lab.holders()).toEqual([])
    await cluster.heldBy(['node2'], 3000 + slackMs)
    expect(performance.now() - beganMs).toBeGreaterThan(2900)
    const status = await waitFor(
      'phase active',
      5000,
      () => cluster.status('node2'),
      (s) => s?.phase === 'active',
    )
    expect(status?.nodes.find((n) => n.node === 'node1')?.state).toBe('dead')
  }))

test('an interface that is missing at the start is a link fault, not an exit', () =>
  withCluster({ media: [...twoLinks, 'bcast eth7'] }, async (cluster) => {
    await cluster.start('node1', 'node2')
    expect(await cluster.agreed()).toEqual({ [group]: 'node1' })
    const status = (await cluster.status('node1'))!
    const down = status.links.filter((link) => link.state === 'down')
    expect(down.map((link) => link.name).join()).toContain('eth7')
    expect(status.links.filter((link) => link.state === 'up').length).toBeGreaterThanOrEqual(2)
  }))
