/** Where a group goes when its service fails, and where not. Side by side: pauses are long. */
import { expect, test } from 'bun:test'
import { type Cluster, waitFor, withCluster, withRunning } from '../e2e/harness.ts'

const group = '10.77.0.100/24/eth0'
/** Works while there is no file /run/broken, in the eyes of its monitor. */
const ask = '#!/bin/sh\n[ ! -e /run/broken ]\n'
const plain =
  '#!/bin/sh\ncase $1 in status) [ -e /run/it ] && echo running || echo stopped ;; start) touch /run/it ;; stop) rm -f /run/it ;; esac\n'
const asked = (rest: string) => `monitor it every 300ms timeout 2 fail 2 ${rest} via script /etc/ha.d/resource.d/ask\n`
const broken = async (cluster: Cluster, is: boolean, ...hosts: string[]) => {
  for (const host of hosts) await cluster.lab.run('exec', host, ...(is ? ['touch'] : ['rm', '-f']), '/run/broken')
}
const logged = async (cluster: Cluster, host: string, level: string, words: string) => {
  const { out } = await cluster.lab.ask('exec', host, 'grep', words, '/var/log/ha-log')
  return out.split('\n').filter((line) => line.includes(`${level}:`)).length
}

test.concurrent('a group that failed everywhere is not thrown back and forth: a growing pause, visible in status, which hb clear ends', () =>
  withRunning(
    { haresources: `node1 ${group} it\n`, hbcf: asked('restarts 0'), scripts: { it: plain, ask } },
    async (cluster) => {
      const pause = async (host: string) =>
        Number(
          /another (\d+) s/.exec(
            await cluster.says(host, /back from a live node for another \d+ s, or until hb clear/),
          )![1],
        )
      await broken(cluster, true, 'node1', 'node2')
      await cluster.heldBy(['node2'], 10_000)
      const movedMs = performance.now()
      expect(await pause('node1')).toBeWithin(20, 31)
      // It fails there, too; each of the two knows that of the other.
      await cluster.says('node2', 'its monitor fails')
      await cluster.says('node2', 'kept here, since node1 is not fit for it: it failed there too')
      await cluster.heldBy(['node1'], 40_000)
      expect(performance.now() - movedMs).toBeGreaterThan(25_000)
      await cluster.says('node1', 'its monitor fails (2 times)')
      await cluster.heldBy(['node2'], 40_000)
      expect(await pause('node1')).toBeWithin(45, 61)
      // Each time it was said loudly, and once.
      expect(await logged(cluster, 'node2', 'ERROR', 'kept here, since node1')).toBeWithin(1, 3)
      expect((await cluster.hb('node2', 'clear')).code).toBe(0)
      await cluster.heldBy(['node1'], 10_000)
    },
  ))

test.concurrent('two hb tell each other whether they are fit: where a group could not be started it is not handed to', () =>
  withCluster(
    { haresources: `node2 ${group} it\n`, hbcf: asked('restarts 1 within 60'), scripts: { it: plain, ask } },
    async (cluster) => {
      const failing = '#!/bin/sh\necho "$1" >>/var/log/calls\n[ "$1" != start ] || exit 1\necho stopped\n'
      await cluster.lab.put('node2', '/etc/ha.d/resource.d', 'it', failing, 0o755)
      await cluster.start('node1', 'node2')
      await cluster.heldBy(['node1'], 20_000)
      await broken(cluster, true, 'node1')
      await cluster.says('node1', 'kept here, since node2 is not fit for it: it failed there too')
      await Bun.sleep(3000)
      expect(await cluster.lab.holders()).toEqual(['node1'])
      const starts = await cluster.lab.run('exec', 'node2', 'grep', '-c', 'start', '/var/log/calls')
      expect(starts.trim()).toBe('1')
      await broken(cluster, false, 'node1')
      await waitFor(
        'good words',
        10_000,
        () => cluster.words('node1'),
        (text) => !text.includes('kept here'),
      )
    },
  ))

test.concurrent('without a healthy peer the group is kept, and that is said loudly: in status, on the page and in the log', () =>
  withRunning(
    { haresources: `node1 ${group} it\n`, hbcf: asked('restarts 1 within 60'), scripts: { it: plain, ask } },
    async (cluster) => {
      await cluster.lab.run('kill', 'node2')
      await broken(cluster, true, 'node1')
      const said = 'kept here, since there is no other live node'
      await cluster.says('node1', said)
      expect((await cluster.status('node1'))!.warnings.join()).toContain(said)
      expect(await cluster.read('node1', '/')).toContain(said)
      expect(await cluster.read('node1', '/metrics')).toContain(`hb_group_trouble{group="${group}"} 1`)
      await Bun.sleep(2000)
      expect(await cluster.lab.holders()).toEqual(['node1'])
      expect(await logged(cluster, 'node1', 'ERROR', said)).toBe(1)
      expect((await cluster.status('node1'))!.counters.monitor_restarts).toBe(1)
    },
  ))
