/** The static executable on kernels as old as 2.6.32, as far as missing system calls make a kernel old. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync, mkdirSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { LINUX_2_6_32, LINUX_3_10, Probe, remove, skipped, URANDOM, WORKS } from './place.ts'

setDefaultTimeout(60_000)
const off = skipped()
let probe: Probe
beforeAll(() => {
  if (!off) probe = new Probe()
})
afterAll(() => remove(probe?.folder ?? ''))

for (const [name, callsMax] of [['3.10', LINUX_3_10] as const, ['2.6.32', LINUX_2_6_32] as const]) {
  describe.skipIf(off)(`Linux ${name}`, () => {
    test('an empty root serves: the libraries lie in a tmpfs of their own', () => {
      const found = probe.look(probe.root(), { callsMax, before: URANDOM })
      expect(found).toMatchObject(WORKS)
      expect(Object.values(found.descriptors).filter((d) => String(d).includes('.hb-'))).toEqual([])
    })

    test('the libraries lie in an unlinked file of /tmp where there is one', () => {
      const root = probe.root(['tmp'])
      expect(probe.look(root, { callsMax, before: URANDOM, user: 1000 })).toMatchObject(WORKS)
      expect(readdirSync(join(root, 'tmp'))).toEqual([])
    })

    test('folders mounted noexec are passed over', () => {
      const shm = 'mkdir $root/dev/shm; mount -t tmpfs -o noexec t $root/dev/shm'
      const before = `${URANDOM}; ${shm}; mount -t tmpfs -o noexec t $root/run`
      expect(probe.look(probe.root(['run', 'tmp']), { callsMax, before, user: 1000 })).toMatchObject(WORKS)
    })

    test('no place at all, and no C library on the host: one clear line and 127', () => {
      const options = { callsMax, before: URANDOM, user: 1000 }
      expect(probe.refusal(probe.root(), options)).toMatch(/no place for the C library.*no glibc 2\.17/)
    })

    test('neither getrandom nor /dev/urandom: one clear line and 127', () => {
      expect(probe.refusal(probe.root(), { callsMax })).toMatch(/\/dev\/urandom is missing/)
      const before = URANDOM.replace(/; mount --bind.*/, '')
      expect(probe.refusal(probe.root(), { callsMax, before })).toMatch(/\/dev\/urandom is missing/)
    })
  })
}

/* Only here: no C library that is new enough has ever been installed beside a kernel without prlimit64. */
test.skipIf(off)('Linux 3.10, no place at all, but glibc on the host: that one serves', () => {
  const root = probe.root(['lib64'])
  hostLibraries(root)
  const options = { callsMax: LINUX_3_10, before: URANDOM, user: 1000 }
  expect(probe.look(root, options, ['/hb', 'version'])).toMatchObject({ ...WORKS, ffi: 1, child: 'hb probe\n' })
})

test.skipIf(off)('before 2.6.32: one clear line and 127', () => {
  expect(probe.refusal(probe.root(), { callsMax: 294 })).toMatch(/older than 2\.6\.32/)
})

/** This machine's own C library, where a loader looks for it without being told. */
function hostLibraries(root: string): void {
  const folder = '/lib/x86_64-linux-gnu'
  mkdirSync(join(root, folder), { recursive: true })
  for (const name of ['libc.so.6', 'libm.so.6', 'libpthread.so.0', 'libdl.so.2']) {
    copyFileSync(realpathSync(join(folder, name)), join(root, folder, name))
  }
  copyFileSync(realpathSync('/lib64/ld-linux-x86-64.so.2'), join(root, 'lib64/ld-linux-x86-64.so.2'))
}
