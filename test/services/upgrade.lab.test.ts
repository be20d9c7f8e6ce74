import { expect, test } from 'bun:test'
import { copyFileSync, rmSync } from 'node:fs'
import { executable, serviceAddress, waitFor, withRunning } from '../e2e/harness.ts'

test('hb upgrade: the binary is exchanged under a running cluster, groups untouched, no beat missed beyond one keepalive', () =>
  withRunning({ extra: ['max_rexmit_delay 250'] }, async (cluster) => {
    const copy = `/tmp/hb-upgrade-${process.pid}`
    copyFileSync(executable, copy)
    try {
      for (const host of ['node1', 'node2']) {
        const before = (await cluster.status(host))!
        const other = host === 'node1' ? 'node2' : 'node1'
        const lateBefore = (await cluster.status(other))!.nodes.find((n) => n.node === host)!
        const probe = cluster.lab.probe(30)
        await probe.ready
        const { code, out, err } = await cluster.hb(host, 'upgrade', copy)
        expect({ code, err }).toEqual({ code: 0, err: '' })
        expect(out).toContain('serves now')
        await Bun.sleep(2500)
        const outage = await probe.end()
        expect(outage.hosts).toEqual(['node1'])
        expect(outage.outageMs!).toBeLessThan(200)
        const after = await waitFor(
          'a status',
          5000,
          () => cluster.status(host),
          (s) => s?.phase === 'active',
        )
        expect(after!.groups).toMatchObject(before.groups.map(({ group, holder, state }) => ({ group, holder, state })))
        const seen = (await cluster.status(other))!.nodes.find((n) => n.node === host)!
        const facts = (n: object) => n as { generation: number; lateBeats: number; state: string }
        expect(facts(seen)).toMatchObject({
          state: 'active',
          generation: facts(lateBefore).generation,
          lateBeats: facts(lateBefore).lateBeats,
        })
        const exe = await cluster.lab.run('exec', host, 'sh', '-c', `ps ax -o args | grep -c '^${copy} run' || true`)
        expect(exe.trim()).toBe('1')
      }
      expect(await cluster.lab.holders(serviceAddress)).toEqual(['node1'])
    } finally {
      rmSync(copy)
    }
  }))

test('hb upgrade of a file that is no hb changes nothing and says why', () =>
  withRunning({}, async (cluster) => {
    for (const [path, why] of [
      ['/bin/true', /is no hb/],
      ['/etc/hostname', /cannot be executed/],
      ['/no/such/file', /cannot be executed/],
    ] as const) {
      const { code, err } = await cluster.hb('node1', 'upgrade', path)
      expect(code).toBe(1)
      expect(err).toMatch(why)
    }
    expect(await cluster.lab.holders(serviceAddress)).toEqual(['node1'])
  }))
