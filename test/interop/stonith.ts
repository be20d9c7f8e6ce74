/**
 * Fencing by cluster-glue's own stonith: hb runs its program, heartbeat its library. The device is a plugin of the test's
 * own that asks the test to reset the host, or cluster-glue's meatware, which asks an operator.
 */
import { expect } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cluster } from '../e2e/harness.ts'
import { deadtimeMs } from '../e2e/harness.ts'
import { waitFor } from '../lab/lab.ts'
import { type Host, hosts, other } from './cluster.ts'
import { type Kinds, type Story, settled, start } from './mixed.ts'

const PLUGINS = '/usr/lib/stonith/plugins/external'
const twoHb: Kinds = { node1: 'hb', node2: 'hb' }
const unstoppable = '#!/bin/sh\ncase $1 in status) echo running ;; stop) exit 1 ;; esac\n'

/**
 * The words that cluster-glue wants of a plugin. A reset notes who asks, for whom, and which addresses the asking host has at
 * that moment; it succeeds when the test has switched the host off, and fails while there is a file `broken`.
 */
const plugin = (directory: string) => `#!/bin/sh
case $1 in
getconfignames) echo "ipaddr secret" ;;
getinfo-devid | getinfo-devname | getinfo-devdescr) echo "the test's device" ;;
getinfo-devurl) echo http://127.0.0.1/ ;;
getinfo-xml) echo '<parameters><parameter name="ipaddr" required="1"><content type="string"/></parameter><parameter name="secret"><content type="string"/></parameter></parameters>' ;;
gethosts) echo node1 node2 ;;
status) exit 0 ;;
reset)
  echo "$(uname -n) resets $2 by $ipaddr $secret, having $(ip -4 -o addr show dev eth0 | grep -c '10[.]77[.]0[.]100/')" >>${directory}/calls
  [ ! -e ${directory}/broken ] || { echo "no answer from the device" >&2; exit 1; }
  n=0
  until [ -e ${directory}/off ]; do
    sleep 0.1
    n=$((n + 1))
    [ $n -lt 300 ] || exit 1
  done ;;
*) exit 1 ;;
esac
`

/** The device of one story, in a directory that every host of every lab sees. */
class Device {
  readonly directory = mkdtempSync(join(tmpdir(), 'stonith-'))

  constructor() {
    mkdirSync(join(this.directory, 'plugins'))
    const file = join(this.directory, 'plugins/lab')
    writeFileSync(file, plugin(this.directory))
    chmodSync(file, 0o755)
  }

  readonly install = async (cluster: Cluster): Promise<void> => {
    for (const host of hosts) {
      await cluster.lab.run('exec', host, 'mount', '--bind', join(this.directory, 'plugins'), PLUGINS)
    }
  }

  get calls(): string[] {
    const file = join(this.directory, 'calls')
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  }

  broken(is: boolean): void {
    const file = join(this.directory, 'broken')
    if (is) writeFileSync(file, '')
    else rmSync(file)
  }

  async resets(count: number, timeoutMs: number): Promise<void> {
    await waitFor(
      `${count} resets`,
      timeoutMs,
      () => this.calls.length,
      (n) => n >= count,
    )
  }

  /** What the device does: the host is off, and says so. */
  async off(cluster: Cluster, host: Host): Promise<void> {
    // It may be dead already.
    await cluster.lab.ask('kill', host)
    writeFileSync(join(this.directory, 'off'), '')
  }
}

function withDevice(
  name: string,
  kinds: Kinds,
  rest: Partial<Story['options']>,
  work: (cluster: Cluster, device: Device) => Promise<void>,
): Story {
  const device = new Device()
  return {
    name,
    kinds,
    options: { extra: ['stonith_host * external/lab 10.0.0.9 secret'], ...rest },
    prepare: device.install,
    tell: (cluster) => work(cluster, device).finally(() => rmSync(device.directory, { recursive: true })),
  }
}

const call = (by: Host, having = 0) => `${by} resets ${other(by)} by 10.0.0.9 secret, having ${having}`

export const stonithStories: readonly Story[] = [
  withDevice(
    'a silent hb is reset before its group is taken, every 5 s until the device works, and status says so',
    twoHb,
    {},
    async (cluster, device) => {
      device.broken(true)
      await cluster.lab.run('signal', 'node1', 'hb', 'STOP')
      await device.resets(1, deadtimeMs + 4000)
      const said = await cluster.says('node2', 'has to be reset before anything of it is taken: attempt 1 failed')
      expect(said).toContain('tried every 5 s')
      expect(said).not.toContain('secret')
      const firstMs = performance.now()
      await device.resets(2, 9000)
      expect(performance.now() - firstMs).toBeWithin(3000, 9000)
      expect(await cluster.lab.holders()).not.toContain('node2')
      device.broken(false)
      await device.resets(3, 12_000)
      await Bun.sleep(500)
      expect(await cluster.lab.holders()).not.toContain('node2')
      await device.off(cluster, 'node1')
      await cluster.heldBy(['node2'], 4000)
      expect(device.calls).toEqual([call('node2'), call('node2'), call('node2')])
    },
  ),
  withDevice('an hb that ends in order is not reset', twoHb, {}, async (cluster, device) => {
    expect((await cluster.hb('node1', 'stop')).code).toBe(0)
    await cluster.heldBy(['node2'], 4000)
    await Bun.sleep(deadtimeMs + 2000)
    expect(device.calls).toEqual([])
  }),
  withDevice(
    'stop_failure fence: the peer resets a node that cannot stop a group, then takes it',
    twoHb,
    {
      haresources: 'node1 10.77.0.100/24/eth0 it\n',
      hbcf: 'stop_failure fence\n',
      scripts: { it: '#!/bin/sh\n[ $1 != status ] || echo stopped\n' },
    },
    async (cluster, device) => {
      await cluster.lab.put('node1', '/etc/ha.d/resource.d', 'it', unstoppable, 0o755)
      expect(await cluster.hb('node1', 'standby')).toMatchObject({ code: 1 })
      await device.resets(1, 5000)
      await device.off(cluster, 'node1')
      await cluster.heldBy(['node2'], deadtimeMs + 4000)
      expect(device.calls).toEqual([call('node2')])
    },
  ),
  withDevice(
    'in maintenance a dead node is not reset; when maintenance ends, that comes before anything is taken',
    twoHb,
    {},
    async (cluster, device) => {
      expect((await cluster.hb('node2', 'maintenance', 'on')).code).toBe(0)
      await cluster.says('node1', 'in maintenance')
      await cluster.lab.run('kill', 'node1')
      await cluster.says('node2', 'node node1 is dead; it is not reset in maintenance')
      await Bun.sleep(6000)
      expect([device.calls, await cluster.lab.holders()]).toEqual([[], []])
      expect((await cluster.hb('node2', 'maintenance', 'off')).err).toContain('say this again within 10 s')
      expect((await cluster.hb('node2', 'maintenance', 'off')).code).toBe(0)
      await device.resets(1, 4000)
      expect(await cluster.lab.holders()).toEqual([])
      await device.off(cluster, 'node1')
      await cluster.heldBy(['node2'], 4000)
      expect(device.calls).toEqual([call('node2')])
    },
  ),
  withDevice(
    'a dead heartbeat is reset before hb takes its group',
    { node1: 'heartbeat', node2: 'hb' },
    {},
    async (cluster, device) => {
      await cluster.lab.run('kill', 'node1')
      await device.resets(1, deadtimeMs + 6000)
      await Bun.sleep(1500)
      expect(await cluster.lab.holders()).toEqual([])
      await device.off(cluster, 'node1')
      await cluster.heldBy(['node2'], 4000)
      expect(device.calls).toEqual([call('node2')])
    },
  ),
  withDevice(
    'a heartbeat that ends in order is not reset by hb, nor hb by a heartbeat',
    { node1: 'heartbeat', node2: 'hb' },
    {},
    async (cluster, device) => {
      await cluster.lab.run('stop', 'node1', 'heartbeat')
      await cluster.heldBy(['node2'], 10_000)
      await Bun.sleep(deadtimeMs + 2000)
      await start(cluster, 'node1', 'heartbeat')
      await settled(cluster, { kinds: { node1: 'heartbeat', node2: 'hb' }, options: {} })
      expect((await cluster.hb('node2', 'stop')).code).toBe(0)
      await cluster.heldBy(['node1'], 20_000)
      await Bun.sleep(deadtimeMs + 2000)
      expect(device.calls).toEqual([])
    },
  ),
  withDevice(
    'a dead hb is reset by a heartbeat before that takes its group',
    { node1: 'hb', node2: 'heartbeat' },
    {},
    async (cluster, device) => {
      await cluster.lab.run('kill', 'node1')
      await device.resets(1, deadtimeMs + 6000)
      expect(await cluster.lab.holders()).toEqual([])
      await device.off(cluster, 'node1')
      await cluster.heldBy(['node2'], 10_000)
      expect(device.calls[0]).toBe(call('node2'))
    },
  ),
  {
    name: 'meatware: nothing is taken until the operator has said by meatclient that the node was reset',
    kinds: twoHb,
    options: { extra: ['stonith_host * meatware node1 node2'] },
    async tell(cluster) {
      await cluster.lab.run('kill', 'node1')
      await cluster.says('node2', 'attempt 1 is under way', deadtimeMs + 4000)
      await Bun.sleep(2500)
      expect(await cluster.lab.holders()).toEqual([])
      await cluster.lab.run('exec', 'node2', 'sh', '-c', 'echo y | meatclient -c node1')
      await cluster.heldBy(['node2'], 4000)
    },
  },
]
