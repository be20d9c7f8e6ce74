import { expect, test } from 'bun:test'
import { deadtimeMs, serviceAddress, slackMs, waitFor, withRunning } from '../e2e/harness.ts'

const group = `${serviceAddress}/24/eth0`

test('maintenance on: both nodes say so, a daemon stopped in it leaves its groups running and finds them again', () =>
  withRunning({}, async (cluster) => {
    const on = await cluster.hb('node1', 'maintenance', 'on')
    expect(on).toMatchObject({ code: 0, err: '' })
    for (const host of ['node1', 'node2']) {
      const said = await waitFor(
        'words of maintenance',
        3000,
        () => cluster.hb(host, 'status'),
        (r) => r.out.includes('in maintenance'),
      )
      expect(said.out).toContain('left alone')
    }
    expect((await cluster.hb('node1', 'stop')).code).toBe(0)
    await Bun.sleep(deadtimeMs + 3000)
    expect(await cluster.lab.holders()).toEqual(['node1'])
    await cluster.lab.run('start', 'node1', 'hb')
    await waitFor(
      'its group found again',
      20_000,
      () => cluster.status('node1'),
      (s) => s?.groups[0]?.state === 'held',
    )
    expect(await cluster.lab.holders()).toEqual(['node1'])
    expect((await cluster.hb('node2', 'maintenance', 'off')).code).toBe(0)
    await Bun.sleep(2000)
    expect(await cluster.lab.holders()).toEqual(['node1'])
    const lifetime = await cluster.lab.run('exec', 'node1', 'ip', 'addr', 'show', 'dev', 'eth0')
    expect(lifetime.slice(lifetime.indexOf(serviceAddress))).toMatch(/valid_lft [0-9]+sec/)
  }))

test('a daemon killed in maintenance: the address outlives its lease and nobody takes it', () =>
  withRunning({}, async (cluster) => {
    await cluster.hb('node1', 'maintenance', 'on', group)
    await Bun.sleep(1000)
    await cluster.lab.run('signal', 'node1', 'hb', 'KILL')
    await Bun.sleep(deadtimeMs + 3000)
    expect(await cluster.lab.holders()).toEqual(['node1'])
  }))

test('maintenance of one group survives the restart of both nodes', () =>
  withRunning({ haresources: `node1 ${group}\nnode1 10.77.0.101/24/eth0\n` }, async (cluster) => {
    await cluster.hb('node2', 'maintenance', 'on', group)
    await Bun.sleep(1000)
    for (const host of ['node1', 'node2']) await cluster.lab.run('off', host)
    for (const host of ['node1', 'node2']) await cluster.lab.run('boot', host)
    await cluster.start('node1', 'node2')
    await cluster.heldBy(['node1'], 20_000, '10.77.0.101')
    await Bun.sleep(slackMs)
    expect(await cluster.lab.holders()).toEqual([])
    await cluster.hb('node1', 'maintenance', 'off')
    await cluster.heldBy(['node1'], 5000)
  }))
