/** Whole clusters of hosts that hold nothing but hb and a configuration: start, hold, fail over. */
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chownSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monotonicUs } from '../../src/linux/monotonic.ts'
import { unixAddress } from '../../src/linux/notify.ts'
import { AF_UNIX, RawSocket, SOCK_DGRAM } from '../../src/linux/socket.ts'
import { failover, HOLD_MS, Hosts, type HostsOptions, until } from './hosts.ts'
import { LINUX_2_6_32, LINUX_3_10, lacks, skipped, URANDOM } from './place.ts'

setDefaultTimeout(60_000)
const off = skipped()
let hosts: Hosts | undefined
afterEach(() => hosts?.close())

async function failOver(options: HostsOptions = {}): Promise<Hosts> {
  hosts = new Hosts(options)
  await failover(hosts)
  return hosts
}

const old = (callsMax: number) => ({ enter: ['-l', `${callsMax}`], before: URANDOM })

describe.skipIf(off)('two hosts with nothing but hb, a configuration and /proc fail over', () => {
  test('on this kernel', async () => {
    await failOver()
  })

  test('as on Linux 3.10', async () => {
    await failOver(old(LINUX_3_10))
  })

  test('as on Linux 2.6.32', async () => {
    await failOver(old(LINUX_2_6_32))
  })

  test('with a read-only root, where only the state and /run can be written', async () => {
    const prepare = (root: string) => {
      for (const name of ['run', 'var/lib/heartbeat']) mkdirSync(join(root, name), { recursive: true })
    }
    const before = `mount --bind $root $root; mount -t proc proc $root/proc
      for d in run var/lib/heartbeat; do mount -t tmpfs t $root/$d; done; mount -o remount,bind,ro $root`
    const { root } = await failOver({ prepare, before }).then((h) => ({ root: h.root('beta') }))
    expect(existsSync(join(root, 'tmp'))).toBe(false)
  })

  test('as a user who is not root but may configure networks, send raw packets and bind low ports', async () => {
    const prepare = (root: string) => {
      for (const name of ['run', 'var', 'var/lib']) mkdirSync(join(root, name), { recursive: true })
      const files = ['ha.cf', 'haresources', 'authkeys'].map((name) => `etc/ha.d/${name}`)
      for (const name of ['run', 'var/lib', ...files]) chownSync(join(root, name), 1000, 1000)
    }
    await failOver({ prepare, enter: ['-u', '1000', '-c', '10', '-c', '12', '-c', '13'] })
  })
})

describe.skipIf(off)('scripts', () => {
  const script = `#!/bin/sh
echo "$0 $*" >> /scripts
case $2 in
  start) /bin/env > /environment; /bin/ls -l /proc/self/fd > /descriptors ;;
  status) echo stopped ;;
esac
`
  const prepare = (root: string) => {
    for (const name of ['bin', 'etc/ha.d/resource.d']) mkdirSync(join(root, name), { recursive: true })
    for (const name of ['sh', 'env', 'ls']) copyFileSync('/bin/busybox', join(root, 'bin', name))
    writeFileSync(join(root, 'etc/ha.d/resource.d/note'), script, { mode: 0o755 })
  }
  const without = off || lacks('/bin/busybox', 'busybox-static')

  for (const [name, callsMax] of [['3.10', LINUX_3_10] as const, ['2.6.32', LINUX_2_6_32] as const]) {
    test.skipIf(without)(`run as on Linux ${name}, with a clean inheritance`, async () => {
      const { before } = old(callsMax)
      const enter = ['-l', `${callsMax}`, '-e', 'SITE=north', '-e', 'BUN_OPTIONS=--smol']
      const root = (await failOver({ resources: 'note::word', prepare, before, enter })).root('beta')
      const read = (name: string) => (existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8') : '')
      await until('the script ran', 5000, () => read('scripts').includes('note word start'))
      await until('its descriptors are noted', 5000, () => read('descriptors').includes(' 2 ->'))
      const environment = read('environment').split('\n')
      expect(environment).toContain('SITE=north')
      expect(environment.filter((line) => /^LD_PRELOAD|^lD_|^bUN_/.test(line))).toEqual([])
      const descriptors = [...read('descriptors').matchAll(/ (\d+) -> (.*)/g)].map((m) => [Number(m[1]), m[2]])
      expect(descriptors.filter(([fd, to]) => Number(fd) > 2 && !`${to}`.startsWith('/proc/'))).toEqual([])
    })
  }
})

test.skipIf(off)('a user who lacks capabilities is told which, and what for', async () => {
  const prepare = (root: string) => {
    for (const name of ['run', 'var', 'var/lib']) mkdirSync(join(root, name), { recursive: true })
    const files = ['ha.cf', 'haresources', 'authkeys'].map((name) => `etc/ha.d/${name}`)
    for (const name of ['run', 'var/lib', ...files]) chownSync(join(root, name), 1000, 1000)
  }
  hosts = new Hosts({ prepare, enter: ['-u', '1000'] })
  await hosts.ready()
  const run = hosts.start('alpha')
  const said = new Response(run.stderr).text()
  await Promise.race([run.exited, Bun.sleep(5000)])
  hosts.close()
  for (const name of ['CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_NET_BIND_SERVICE']) expect(await said).toContain(name)
})

test.skipIf(off)(
  'the service manager is told READY, that the loop turns, RELOADING and READY again, STOPPING',
  async () => {
    const sockets = new Map<string, RawSocket>()
    const prepare = (root: string) => {
      const socket = new RawSocket('the test socket', AF_UNIX, SOCK_DGRAM, 0)
      socket.bind(unixAddress(join(root, 'notify'))!)
      sockets.set(root, socket)
    }
    hosts = new Hosts({ prepare, enter: ['-e', 'NOTIFY_SOCKET=/notify'] })
    await hosts.ready()
    const socket = sockets.get(hosts.root('alpha'))!
    const buffer = new Uint8Array(1000)
    const told: string[] = []
    const listen = (): string[] => {
      for (let n = socket.receive(buffer); n > 0; n = socket.receive(buffer)) {
        told.push(new TextDecoder().decode(buffer.subarray(0, n)))
      }
      return told
    }
    hosts.start('alpha')
    await until('READY and two more beats are told', HOLD_MS, () => listen().length > 2)
    expect(told.map((t) => t.includes('READY=1')).slice(0, 3)).toEqual([true, false, false])
    expect(told.every((t) => t.includes('WATCHDOG=1\nSTATUS=alpha is '))).toBe(true)
    const before = told.length
    process.kill(hosts.pid('alpha'), 'SIGHUP')
    await until('READY after RELOADING is told', HOLD_MS, () =>
      listen()
        .slice(before)
        .some((t) => t.includes('READY=1')),
    )
    const [reloading, ready] = told.slice(told.findIndex((t) => t.includes('RELOADING')))
    expect(reloading).toMatch(/^RELOADING=1\nMONOTONIC_USEC=\d+$/)
    const sinceUs = monotonicUs() - BigInt(reloading!.split('=').at(-1)!)
    expect(sinceUs > 0n && sinceUs < BigInt(HOLD_MS) * 1000n).toBe(true)
    expect(ready).toStartWith('READY=1\nWATCHDOG=1\nSTATUS=alpha is ')
    process.kill(hosts.pid('alpha'), 'SIGTERM')
    await until('STOPPING is told', HOLD_MS, () => listen().some((t) => t.includes('STOPPING=1')))
    for (const s of sockets.values()) s.close()
  },
)
