/** A heartbeat that claims what it does not serve, and does not know it. hb asks the network. */
import { expect } from 'bun:test'
import type { Cluster } from '../e2e/harness.ts'
import { waitFor } from '../lab/lab.ts'
import { type Kinds, type Story, start } from './mixed.ts'

const kinds: Kinds = { node1: 'hb', node2: 'heartbeat' }
const address = '10.77.0.100'
const other = '10.77.0.101'
/** A start that takes longer than hb waits for an address that nobody answers for. */
const slow = `#!/bin/sh
case $1 in
start) [ -e /run/slow ] || sleep "$(cat /etc/ha.d/slow-start)"; touch /run/slow ;;
stop) rm -f /run/slow ;;
status) if [ -e /run/slow ]; then echo running; else echo stopped; fi ;;
esac
`

/** A service that does not start on that host. */
const broken = (host: string) => `#!/bin/sh
case $1 in
start) [ "$(uname -n)" != ${host} ] && touch /run/broken ;;
stop) rm -f /run/broken ;;
status) if [ -e /run/broken ]; then echo running; else echo stopped; fi ;;
esac
`

const remove = (cluster: Cluster) =>
  cluster.lab.run('exec', 'node2', 'ip', 'address', 'delete', `${address}/24`, 'dev', 'eth0')
const unserved = `node2 claims it, but nobody answers for ${address}`
const warned = async (cluster: Cluster) =>
  (await cluster.status('node1'))?.warnings.some((w) => w.includes(unserved)) ?? null
const isWarned = (cluster: Cluster, so: boolean, withinMs: number) =>
  waitFor(
    `${so ? 'a' : 'no'} warning of it`,
    withinMs,
    () => warned(cluster),
    (is) => is === so,
  )

export const unservedStories: readonly Story[] = [
  {
    name: 'an address that somebody took off a heartbeat is put on again by it within seconds, and what else it has stays',
    kinds,
    options: { haresources: `node2 ${address}/24/eth0\nnode2 ${other}/24/eth0\n` },
    async tell(cluster) {
      await Bun.sleep(5000)
      expect(await warned(cluster)).toBe(false)
      await remove(cluster)
      await isWarned(cluster, true, 20_000)
      await cluster.heldBy(['node2'], 10_000)
      await isWarned(cluster, false, 5000)
      expect(await cluster.lab.holders(other)).toEqual(['node2'])
      expect((await cluster.lab.ask('exec', 'node2', 'cat', '/var/log/ha-log')).out).not.toMatch(
        /ERROR: (?!Cannot lock)/,
      )
    },
  },
  {
    name: 'a group that a heartbeat cannot start is served by hb within some seconds over a minute',
    kinds,
    options: { haresources: `node2 broken ${address}/24/eth0\n`, scripts: { broken: broken('node2') } },
    async tell(cluster) {
      await isWarned(cluster, true, 20_000)
      await cluster.heldBy(['node1'], 100_000)
      await cluster.reachedAt('node1', 10_000)
      await isWarned(cluster, false, 5000)
    },
  },
  {
    name: 'where something of that side is served, hb says so and an operator decides; with unserved off it does not look',
    kinds,
    options: {
      haresources: `node2 broken ${address}/24/eth0\nnode2 ${other}/24/eth0\n`,
      scripts: { broken: broken('node2') },
    },
    async tell(cluster) {
      await isWarned(cluster, true, 20_000)
      await Bun.sleep(85_000)
      expect([await cluster.lab.holders(), await cluster.lab.holders(other)]).toEqual([[], ['node2']])
      expect(await warned(cluster)).toBe(true)
      await cluster.put('node1', 'hb.cf', 'unserved off\n')
      expect((await cluster.hb('node1', 'reload')).code).toBe(0)
      await isWarned(cluster, false, 5000)
      expect((await cluster.hb('node1', 'takeover', 'foreign')).code).toBe(0)
      await cluster.heldBy(['node1'], 5000)
      await cluster.heldBy(['node1'], 5000, other)
    },
  },
  {
    name: 'what a heartbeat is still starting is left to it, however long that takes',
    kinds,
    options: { haresources: `node1 slow ${address}/24/eth0\n`, scripts: { slow } },
    async prepare(cluster) {
      await cluster.put('node1', 'slow-start', '0\n')
      await cluster.put('node2', 'slow-start', '80\n')
    },
    async tell(cluster) {
      await cluster.heldBy(['node1'], 20_000)
      await cluster.lab.run('kill', 'node1')
      await cluster.lab.run('boot', 'node1')
      await Bun.sleep(2000)
      await start(cluster, 'node1', 'hb')
      await isWarned(cluster, true, 40_000)
      await cluster.heldBy(['node2'], 90_000)
      // heartbeat forgets after ten seconds what hb did not take.
      await Bun.sleep(13_000)
      expect(await cluster.lab.holders()).toEqual(['node2'])
      expect(await warned(cluster)).toBe(false)
      // It was asked, or the last look would not have been tried.
      expect((await cluster.lab.ask('exec', 'node1', 'cat', '/var/log/ha-log')).out).toContain(
        'node2 serves it after all',
      )
    },
  },
]
