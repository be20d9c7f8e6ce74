/** A hand-over that hb cannot end: a heartbeat would wait for its last word for an hour, and take part in no other. */
import { expect } from 'bun:test'
import type { Cluster } from '../e2e/harness.ts'
import { waitFor } from '../lab/lab.ts'
import type { Kinds, Story } from './mixed.ts'

const kinds: Kinds = { node1: 'hb', node2: 'heartbeat' }

/** A service whose stop takes as long as /run/lab-stop says, and fails while that says `never`. */
const slow = `#!/bin/sh
how=$(cat /run/lab-stop 2>/dev/null)
case $1 in
start) touch /run/slow ;;
stop) [ "$how" = never ] && exit 1; sleep "\${how:-0}"; rm -f /run/slow ;;
status) if [ -e /run/slow ]; then echo running; else echo stopped; fi ;;
esac
`
const stopping = (cluster: Cluster, host: string, how: string) =>
  cluster.lab.run('exec', host, 'sh', '-c', `echo ${how} >/run/lab-stop`)

/** heartbeat itself says whether it waits for anything. */
const waitsForNothing = (cluster: Cluster) =>
  waitFor('the heartbeat free again', 25_000, async () => {
    const { out } = await cluster.lab.ask('exec', 'node2', 'cl_status', 'rscstatus')
    return out !== '' && !out.includes('transition')
  })

export const unfinishedStories: readonly Story[] = [
  {
    name: 'a heartbeat that was declared dead while it let go is told that the hand-over is over, and takes its groups back',
    kinds,
    options: { haresources: 'node2 10.77.0.100/24/eth0 slow\n', scripts: { slow } },
    async tell(cluster) {
      await stopping(cluster, 'node2', '5')
      const takeover = cluster.hb('node1', 'takeover', 'foreign')
      await waitFor('the heartbeat letting go', 5000, async () => {
        const { out } = await cluster.lab.ask('exec', 'node2', 'pgrep', '-f', 'resource.d/slow stop')
        return out !== ''
      })
      await cluster.lab.run('cut', 'node2', 'node1', '--one-way')
      expect((await takeover).code).not.toBe(0)
      await waitFor('its end', 15_000, async () => (await cluster.lab.holders()).join() === 'node1')
      await cluster.lab.run('heal')
      await waitsForNothing(cluster)
      expect(await cluster.hb('node1', 'standby', 'foreign')).toMatchObject({ code: 0 })
      await cluster.heldBy(['node2'], 5000)
    },
  },
  {
    name: 'a heartbeat that waits for a group that hb cannot stop is told so, and takes it when it can be',
    kinds,
    options: { haresources: 'node1 10.77.0.100/24/eth0 slow\nnode2 10.77.0.101/24/eth0\n', scripts: { slow } },
    async tell(cluster) {
      await stopping(cluster, 'node1', 'never')
      const { code, out, err } = await cluster.hb('node1', 'standby', 'all')
      expect([code, out + err]).toEqual([1, expect.stringContaining('could not be stopped')])
      await waitsForNothing(cluster)
      const holders = async () => [await cluster.lab.holders(), await cluster.lab.holders('10.77.0.101')]
      expect(await holders()).toEqual([['node1'], ['node2']])
      // The heartbeat complains of what it does not expect, but not of a second owner.
      const { out: log } = await cluster.lab.ask('exec', 'node2', 'cat', '/var/log/ha-log')
      expect(log).not.toContain('Both machines own')
      await stopping(cluster, 'node1', '0')
      expect((await cluster.hb('node1', 'clear')).code).toBe(0)
      await waitFor('a group that can be moved', 10_000, async () => (await cluster.status('node1'))?.stable === true)
      expect(await cluster.hb('node1', 'standby', 'all')).toMatchObject({ code: 0 })
      await cluster.heldBy(['node2'], 5000)
    },
  },
]
