/** The static executable, started where there is little or nothing but itself and /proc. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync, readdirSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { lacks, Probe, remove, skipped, WORKS } from './place.ts'

setDefaultTimeout(60_000)
const off = skipped()
let probe: Probe
beforeAll(() => {
  if (!off) probe = new Probe()
})
afterAll(() => remove(probe?.folder ?? ''))

describe.skipIf(off)('a root directory with nothing but the executable and /proc', () => {
  test('is enough, and is left as it was', () => {
    const root = probe.root()
    expect(probe.look(root)).toMatchObject({ ...WORKS, pid: 1, ffi: 1 })
    expect(readdirSync(root).sort()).toEqual(['hb', 'proc'])
  })

  test('is enough when it is read-only', () => {
    const before = 'mount --bind "$root" "$root"; mount -t proc proc "$root/proc"; mount -o remount,bind,ro "$root"'
    expect(probe.look(probe.root(), { before })).toMatchObject(WORKS)
  })

  test('is enough for a user who may do nothing, and for one with network capabilities', () => {
    const root = probe.root()
    expect(probe.look(root, { user: 1000 })).toMatchObject(WORKS)
    expect(probe.look(root, { user: 1000, capabilities: [10, 12, 13] })).toMatchObject(WORKS)
  })

  test('without /proc gives one clear line and 127', () => {
    expect(probe.refusal(probe.root(), { noProc: true })).toMatch(/\/proc is not mounted/)
  })
})

describe.skipIf(off)('a host whose C library is musl', () => {
  const loader = '/lib/ld-musl-x86_64.so.1'
  const without = [lacks(loader, 'musl'), lacks('/bin/busybox', 'busybox-static')].includes(true)

  test.skipIf(without)('is as good as any, and its scripts run with their own', () => {
    const root = probe.root(['bin', 'lib'])
    copyFileSync(realpathSync(loader), join(root, 'lib', basename(loader)))
    copyFileSync(realpathSync(loader), join(root, 'lib/libc.musl-x86_64.so.1'))
    copyFileSync('/bin/busybox', join(root, 'bin/sh'))
    const found = probe.look(root, {}, ['/bin/sh', '-c', 'echo "<$LD_PRELOAD>"'])
    expect(found).toMatchObject({ ...WORKS, ffi: 1, child: '<>\n' })
  })
})
