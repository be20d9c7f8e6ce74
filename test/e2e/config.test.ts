import { expect, test } from 'bun:test'
import { type Cluster, withCluster } from './harness.ts'

/** Both `hb check` and `hb run` refuse, each with its exit code, and say where. */
async function refusedWith(cluster: Cluster, where: RegExp): Promise<void> {
  const checked = await cluster.hb('node1', 'check', '--config', '/etc/ha.d')
  expect(checked.code).toBe(1)
  expect(checked.out + checked.err).toMatch(where)
  const started = await cluster.hb('node1', 'run', '--config', '/etc/ha.d')
  expect(started.code).toBe(6)
  expect(started.out + started.err).toMatch(where)
  expect(await cluster.lab.holders()).toEqual([])
}

test('an unknown directive is named with file, line and column', () =>
  withCluster({ extra: ['  keepalife 2'] }, (cluster) => refusedWith(cluster, /ha\.cf:9:3: .*keepalife/)))

test('a bad value is named with file, line and column', () =>
  withCluster({ extra: ['initdead soon'] }, (cluster) => refusedWith(cluster, /ha\.cf:9:10: .*soon/)))

test('an unknown node in haresources is named with file, line and column', () =>
  withCluster({ haresources: '# who\nnode9 10.77.0.100\n' }, (cluster) =>
    refusedWith(cluster, /haresources:2:1: .*node9/),
  ))

test('keys that others may read are refused', () =>
  withCluster({}, async (cluster) => {
    const path = (await cluster.lab.run('path', 'node1', '/etc/ha.d/authkeys')).trim()
    await Bun.$`chmod 644 ${path}`
    await refusedWith(cluster, /authkeys.*(0600|600|mode|permission)/i)
  }))

test('a right configuration passes the check', () =>
  withCluster({}, async (cluster) => {
    const { code, out, err } = await cluster.hb('node1', 'check', '--config', '/etc/ha.d')
    expect({ code, err: code === 0 ? '' : out + err }).toEqual({ code: 0, err: '' })
  }))
