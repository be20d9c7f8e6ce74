/**
 * hb as the first process of real Linux kernels, Debian's own, which see nothing but the executable and a configuration:
 * one on an arm64 and one on an x86-64, both emulated as whole machines.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { build } from '../../../src/launcher/build.ts'
import { until } from '../hosts.ts'
import { hb, lacks, remove, skipped, workFolder } from '../place.ts'
import { ADDRESS, Machines, type Name } from './machines.ts'

setDefaultTimeout(180_000)
const off =
  skipped() ||
  [
    lacks('qemu-system-aarch64', 'qemu-system-arm'),
    lacks('qemu-system-x86_64', 'qemu-system-x86'),
    lacks('aarch64-linux-gnu-gcc', 'gcc-aarch64-linux-gnu'),
    lacks('/dev/net/tun', 'the kernel module tun'),
  ].includes(true)
let folder = ''
let machines: Machines
beforeAll(async () => {
  if (off) return
  folder = workFolder()
  const arm64 = join(folder, 'hb-arm64')
  build({ entry: join(import.meta.dir, '../../../src/main.ts'), out: arm64, machine: 'arm64' })
  machines = new Machines({ arm64, x64: hb() })
  await machines.ready()
})
afterAll(() => {
  machines?.close()
  remove(folder)
})

/** Booting takes 6 s; with everything else that a test machine has to do, longer. */
const BOOT_MS = 90_000
/** deadtime is 5 s. */
const TAKE_MS = 15_000

/** Waits until the address is answered by a host, under its own MAC address. */
async function servedBy(name: Name, limitMs: number): Promise<void> {
  try {
    await until(`${name} serves ${ADDRESS}`, limitMs, () => machines.seen(ADDRESS)?.node === name)
  } catch (error) {
    throw new Error(`${(error as Error).message}\nalpha: ${machines.said('alpha')}\nbeta: ${machines.said('beta')}`)
  }
  expect(machines.look(['ip', 'neigh', 'show', ADDRESS])).toContain(machines.mac(name))
}

async function bothActive(): Promise<void> {
  const active = (address: string) => machines.seen(address)?.nodes.every((n) => n.state === 'active') ?? false
  await until('both nodes are active', BOOT_MS, () => active('10.0.0.1') && active('10.0.0.2'))
}

describe.skipIf(off)('hb as the first process of a kernel', () => {
  test('with nobody to mount /proc: one clear line, and 127', async () => {
    const run = machines.boot('beta', 'x64', '/hb')
    expect(await Promise.race([run.exited.then(() => 'ended'), Bun.sleep(BOOT_MS)])).toBe('ended')
    expect(machines.said('beta')).toContain('hb: cannot start: /proc is not mounted; mount -t proc proc /proc')
    /* An exit code stands in the second byte. */
    expect(machines.said('beta')).toContain('Attempted to kill init! exitcode=0x00007f00')
  })

  test('an arm64 and an x86-64 make a cluster; each takes over when the power of the other fails', async () => {
    machines.boot('alpha', 'arm64')
    machines.boot('beta', 'x64')
    await servedBy('alpha', BOOT_MS)
    await bothActive()
    await machines.off('alpha')
    await servedBy('beta', TAKE_MS)
    machines.boot('alpha', 'arm64')
    await bothActive()
    await servedBy('beta', 1000)
    await machines.off('beta')
    await servedBy('alpha', TAKE_MS)
    for (const name of ['alpha', 'beta'] as const) {
      expect(machines.said(name)).toContain('heartbeat[1]: ')
      expect(machines.said(name)).toContain('memory locked')
    }
  })
})
