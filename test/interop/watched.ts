/**
 * Monitors, failing starts and maintenance beside a real heartbeat, which has no monitors and does not say what it
 * cannot start: all that hb can do with it is to stand by.
 */
import { expect } from 'bun:test'
import type { Cluster } from '../e2e/harness.ts'
import { waitFor } from '../lab/lab.ts'
import type { Host } from './cluster.ts'
import { type Kinds, type Story, start } from './mixed.ts'

const kinds: Kinds = { node1: 'hb', node2: 'heartbeat' }
const haresources = 'node1 10.77.0.100/24/eth0 web\nnode2 10.77.0.101/24/eth0\n'
/** A service that listens, started and stopped by a script of heartbeat's kind. */
const web = `#!/bin/sh
pid=/run/web.pid
alive() { [ -e $pid ] && kill -0 "$(cat $pid)" 2>/dev/null; }
case $1 in
start) alive || { setsid ${process.execPath} -e 'Bun.listen({hostname: "127.0.0.1", port: 8080, socket: {data() {}}})' </dev/null >/dev/null 2>&1 & echo $! >$pid; }; exit 0 ;;
stop) ! alive || kill -9 "$(cat $pid)"; rm -f $pid; exit 0 ;;
status) if alive; then echo running; else echo stopped; fi ;;
esac
`
const hbcf = 'monitor web every 500ms timeout 400ms fail 2 restarts 1 within 60 via tcp 127.0.0.1:8080\n'

const dies = (cluster: Cluster, host: Host) =>
  cluster.lab.run('exec', host, 'sh', '-c', 'kill -9 "$(cat /run/web.pid)"')

const lives = async (cluster: Cluster, host: Host): Promise<boolean> =>
  (await cluster.lab.ask('exec', host, '/etc/ha.d/resource.d/web', 'status')).out === 'running\n'

const restarts = (cluster: Cluster, count: number) =>
  waitFor(
    `restart ${count} in place`,
    10_000,
    async () => (await cluster.status('node1'))?.counters.monitor_restarts ?? 0,
    (n) => n === count,
  ).then(() => waitFor('the service', 5000, () => lives(cluster, 'node1')))

/** Fails once, is started anew in place, fails again: the heartbeat has it. */
async function movesToTheHeartbeat(cluster: Cluster): Promise<void> {
  const before = (await cluster.status('node1'))?.counters.monitor_restarts ?? 0
  await dies(cluster, 'node1')
  await restarts(cluster, before + 1)
  await Bun.sleep(1500)
  expect(await cluster.lab.holders()).toEqual(['node1'])
  await dies(cluster, 'node1')
  await cluster.heldBy(['node2'], 20_000)
  await waitFor('the service on the heartbeat', 5000, () => lives(cluster, 'node2'))
  expect(await lives(cluster, 'node1')).toBe(false)
  expect(await cluster.lab.holders('10.77.0.101')).toEqual(['node2'])
}

export const serviceStories: readonly Story[] = [
  {
    name: 'a service that fails again after its restart in place moves to the heartbeat by standby; there nobody watches it; it comes back when an operator says so, and hb clear ends the pause',
    kinds,
    options: { haresources, hbcf, scripts: { web } },
    async tell(cluster) {
      await movesToTheHeartbeat(cluster)
      await cluster.says('node1', 'not taken back from a live node for another')
      // Nobody looks after it on the heartbeat, and hb is not told.
      await dies(cluster, 'node2')
      await Bun.sleep(4000)
      expect([await lives(cluster, 'node2'), ...(await cluster.lab.holders())]).toEqual([false, 'node2'])
      // The heartbeat's own tool gives it back, whatever the pause.
      await cluster.lab.run('exec', 'node2', '/usr/share/heartbeat/hb_standby', 'foreign')
      await cluster.heldBy(['node1'], 20_000)
      await waitFor('the service back', 5000, () => lives(cluster, 'node1'))
      await Bun.sleep(2000)
      await dies(cluster, 'node1')
      await cluster.says('node1', 'kept here, since node2 was offered it before, and is again in ')
      await Bun.sleep(2000)
      expect(await cluster.lab.holders()).toEqual(['node1'])
      expect((await cluster.hb('node1', 'clear')).code).toBe(0)
      await restarts(cluster, 2)
      await dies(cluster, 'node1')
      await cluster.heldBy(['node2'], 20_000)
    },
  },
  {
    name: 'under auto_failback on it stays on the heartbeat, too, until its owner starts again',
    kinds,
    options: { haresources, hbcf, scripts: { web }, autoFailback: 'on' },
    async tell(cluster) {
      await movesToTheHeartbeat(cluster)
      await Bun.sleep(12_000)
      expect(await cluster.lab.holders()).toEqual(['node2'])
      expect((await cluster.hb('node1', 'stop')).code).toBe(0)
      await start(cluster, 'node1', 'hb')
      await cluster.heldBy(['node1'], 30_000)
      await waitFor('the service', 5000, () => lives(cluster, 'node1'))
    },
  },
  {
    name: 'under auto_failback legacy heartbeat knows no standby: the group is kept, and that is said',
    kinds,
    options: { haresources, hbcf: hbcf.replace('restarts 1', 'restarts 0'), scripts: { web }, autoFailback: 'legacy' },
    async tell(cluster) {
      await cluster.heldBy(['node1'], 20_000)
      await waitFor('the service', 10_000, () => lives(cluster, 'node1'))
      await dies(cluster, 'node1')
      await cluster.says('node1', 'kept here, since auto_failback legacy hands nothing to a live node')
      await Bun.sleep(3000)
      expect(await cluster.lab.holders()).toEqual(['node1'])
    },
  },
  {
    name: 'a start that fails on both ends in a stated halt, not in ping-pong; hb clear and a script that works end it',
    kinds,
    options: { haresources, scripts: { web } },
    async prepare(cluster) {
      const failing = '#!/bin/sh\necho "$1" >>/var/log/calls\n[ $1 != start ] || exit 1\necho stopped\n'
      await cluster.lab.put('all', '/etc/ha.d/resource.d', 'web', failing, 0o755)
    },
    async tell(cluster) {
      const starts = async (host: Host) =>
        Number((await cluster.lab.ask('exec', host, 'grep', '-c', 'start', '/var/log/calls')).out)
      // The heartbeat waits for half a minute, then hands back what it could not start; meanwhile it was told once to try again.
      await cluster.says('node1', 'halted until hb clear, since node2 was offered it, and it came back', 50_000)
      await Bun.sleep(4000)
      expect([await starts('node1'), await starts('node2')]).toEqual([2, 2])
      expect([await cluster.lab.holders(), await cluster.lab.holders('10.77.0.101')]).toEqual([[], ['node2']])
      await cluster.lab.put('all', '/etc/ha.d/resource.d', 'web', web, 0o755)
      expect((await cluster.hb('node1', 'clear')).code).toBe(0)
      await cluster.heldBy(['node1'], 10_000)
    },
  },
  {
    name: 'in maintenance hb gives the heartbeat nothing and takes nothing from it, and says what heartbeat does not know',
    kinds,
    options: { haresources, hbcf, scripts: { web } },
    async tell(cluster) {
      const { out } = await cluster.hb('node1', 'maintenance', 'on')
      expect(out).toContain('node2 runs heartbeat, which knows no maintenance')
      await dies(cluster, 'node1')
      await cluster.lab.ask('exec', 'node2', '/usr/share/heartbeat/hb_takeover', 'foreign')
      await Bun.sleep(4000)
      expect([await cluster.lab.holders(), await lives(cluster, 'node1')]).toEqual([['node1'], false])
      await cluster.lab.run('kill', 'node2')
      await Bun.sleep(3000)
      expect(await cluster.lab.holders('10.77.0.101')).toEqual([])
      expect((await cluster.hb('node1', 'maintenance', 'off')).code).toBe(0)
      await cluster.heldBy(['node1'], 10_000, '10.77.0.101')
      await waitFor('the service', 5000, () => lives(cluster, 'node1'))
    },
  },
]
