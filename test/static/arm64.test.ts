/** The executable for arm64, built here with a cross compiler and started under an emulator of the processor. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from '../../src/launcher/build.ts'
import { parseElf } from '../../src/launcher/elf.ts'
import { verify } from '../../src/launcher/verify.ts'
import { failover, Hosts } from './hosts.ts'
import { buildEnter, type Ended, emptyRoot, lacks, remove, skipped, start, workFolder } from './place.ts'

setDefaultTimeout(300_000)
const EMULATOR = 'qemu-aarch64-static'
const off =
  skipped() ||
  [
    lacks(EMULATOR, 'qemu-user-static'),
    lacks('aarch64-linux-gnu-gcc', 'gcc-aarch64-linux-gnu'),
    lacks('/usr/aarch64-linux-gnu/include/stdio.h', 'libc6-dev-arm64-cross'),
  ].includes(true)
let folder = ''
let enter = ''
let executable = ''
beforeAll(() => {
  if (off) return
  folder = workFolder()
  enter = buildEnter(folder)
  executable = join(folder, 'hb-arm64')
  build({ entry: join(import.meta.dir, '../../src/main.ts'), out: executable, machine: 'arm64' })
})
afterAll(() => remove(folder))

/** In a root directory that holds the executable, a configuration, /proc, and the emulator as its processor. */
function emulated(...words: string[]): Ended {
  const root = emptyRoot(folder, executable, ['etc'])
  mkdirSync(join(root, 'etc/ha.d'))
  copyFileSync(Bun.which(EMULATOR)!, join(root, 'cpu'))
  const haCf = 'logfacility none\nauto_failback off\nucast eth0 10.0.0.2\nnode alpha beta\n'
  const files = { 'ha.cf': haCf, haresources: 'alpha 10.0.0.100\n', authkeys: 'auth 1\n1 sha1 secret-of-the-test\n' }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'etc/ha.d', name), text, { mode: 0o600 })
  return start(enter, root, ['/hb', ...words], { program: '/cpu' })
}

/** An emulated processor needs a multiple of a real one's time for everything. */
const TIMING = 'keepalive 500ms\ndeadtime 4\nwarntime 2\ninitdead 5\n'

describe.skipIf(off)('hb for arm64', () => {
  test('is static and lies on pages of 64 KiB', () => {
    const elf = parseElf('hb-arm64', readFileSync(executable))
    expect([elf.machine, verify(elf)]).toEqual(['arm64', []])
  })

  test('hb version says which processor it is for', () => {
    expect(emulated('version')).toMatchObject({ code: 0, out: expect.stringMatching(/^hb \d.*linux-arm64/) })
  })

  test('two such hosts fail over', async () => {
    const arm64 = { path: executable, emulator: Bun.which(EMULATOR)! }
    const hosts = new Hosts({ executables: { alpha: arm64, beta: arm64 }, timing: TIMING })
    try {
      await failover(hosts)
    } finally {
      hosts.close()
    }
  })

  test('where pages have 64 KiB, which Bun cannot use: one clear line and 127', () => {
    const done = Bun.spawnSync([EMULATOR, '-p', '65536', executable, 'version'], { stdout: 'pipe', stderr: 'pipe' })
    expect([done.exitCode, done.stdout.toString()]).toEqual([127, ''])
    expect(done.stderr.toString()).toMatch(/^hb: cannot start: this kernel has memory pages of 64 KiB[^\n]*\n$/)
  })

  test('hb check finds a configuration right', () => {
    expect(emulated('check', '--node', 'alpha')).toMatchObject({ code: 0, out: expect.stringMatching(/right/) })
  })
})
