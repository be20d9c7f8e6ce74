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
    for (const host of ['node1', 'node2']) expect(await cluster.words(host)).toContain(`${group} is in maintenance`)
    await cluster.hb('node1', 'maintenance', 'off')
    await cluster.heldBy(['node1'], 5000)
  }))

const service =
  '#!/bin/sh\necho "$1" >>/var/log/calls\ncase $1 in status) [ -e /run/it ] && echo running || echo stopped ;; start) touch /run/it ;; stop) rm -f /run/it ;; esac\n'

interface Seen {
  readonly state: string
  readonly generation: number
  readonly lateBeats: number
}

test('in maintenance nothing is started, stopped, monitored or failed over; heartbeats go on', () =>
  withRunning(
    {
      haresources: `node1 ${group} it\n`,
      hbcf: 'monitor it every 300ms timeout 2 fail 2 restarts 1 within 60 via status\n',
      scripts: { it: service },
    },
    async (cluster) => {
      const calls = async (host: string) => (await cluster.lab.ask('exec', host, 'cat', '/var/log/calls')).out
      const changes = async (host: string) => (await calls(host)).replaceAll('status\n', '')
      const seen = async () => {
        const node = (await cluster.status('node2'))!.nodes.find((n) => n.node === 'node1') as unknown as Seen
        return { state: node.state, generation: node.generation, lateBeats: node.lateBeats }
      }
      expect((await cluster.hb('node2', 'maintenance', 'on')).code).toBe(0)
      await cluster.says('node1', 'in maintenance')
      await Bun.sleep(1000)
      const [before, node] = [await calls('node1'), await seen()]
      // Not monitored, so not started anew; not stopped, though an operator asks for it.
      await cluster.lab.run('exec', 'node1', 'rm', '/run/it')
      const { code, err } = await cluster.hb('node1', 'standby')
      expect(code).toBe(1)
      expect(err).toContain('is in maintenance')
      expect((await cluster.hb('node2', 'takeover')).code).toBe(1)
      await Bun.sleep(2500)
      expect(await calls('node1')).toBe(before)
      expect((await cluster.status('node1'))!.groups[0]!.monitors).toMatchObject([{ state: 'resting', failures: 0 }])
      // Not one beat was missed, and the node is no other.
      expect(await seen()).toEqual({ ...node, state: 'active' })
      // Not failed over, though its host dies; not started when that is back.
      await cluster.lab.run('kill', 'node1')
      await waitFor('the death', deadtimeMs + 3000, async () => (await seen()).state === 'dead')
      await Bun.sleep(deadtimeMs + 2000)
      expect(await cluster.lab.holders()).toEqual([])
      await cluster.lab.run('boot', 'node1')
      await cluster.start('node1')
      await waitFor(
        'the node back',
        20_000,
        () => cluster.status('node1'),
        (s) => s?.phase === 'active' && s.nodes.every((n) => n.state === 'active'),
      )
      await Bun.sleep(2000)
      expect([await cluster.lab.holders(), await changes('node1'), await changes('node2')]).toEqual([[], 'start\n', ''])
      for (const host of ['node1', 'node2']) expect(await cluster.words(host)).toContain('in maintenance')
      expect((await cluster.hb('node1', 'maintenance', 'off')).code).toBe(0)
      // auto_failback off: whoever was left is to hold it.
      await cluster.heldBy(['node2'], 10_000)
    },
  ))
