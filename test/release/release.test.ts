/** Archives and packages, made of a small stand-in for the executable: what they hold, and that they come out the same. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LINKS } from '../../src/install/plan.ts'
import { tarXz } from '../../src/release/archive.ts'
import { deb } from '../../src/release/deb.ts'
import { rpm } from '../../src/release/rpm.ts'
import { run } from '../../src/release/run.ts'
import { archiveTree, packageTree } from '../../src/release/tree.ts'

setDefaultTimeout(120_000)
const made = { epoch: 1_700_000_000, level: 1 }
const folder = mkdtempSync(join(tmpdir(), 'hb-release-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const executable = join(folder, 'stand-in')
/* An ELF file, so that a tool that strips would find one; what lies behind its segments is what such a tool takes away. */
const payload = Buffer.concat([readFileSync('/bin/true'), Buffer.from('what strip would remove')])
writeFileSync(executable, payload)

function folderOf(name: string): string {
  mkdirSync(join(folder, name))
  return join(folder, name)
}

const everywhere = [
  '/usr/sbin/hb',
  '/usr/lib/systemd/system/hb.service',
  '/usr/share/doc/hb/LGPL-2.1',
  '/usr/share/doc/hb/NOTICES',
]

describe('the archive', () => {
  const make = (name: string) => {
    const work = folderOf(name)
    archiveTree(join(work, 'hb-9'), executable, '9.9')
    tarXz(work, 'hb-9', join(work, 'out.tar.xz'), made)
    return join(work, 'out.tar.xz')
  }

  test('holds everything, owned by nobody in particular, and is the same each time', () => {
    const [one, two] = [make('tar1'), make('tar2')]
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true)
    const names = run(['tar', '-tf', one]).split('\n')
    for (const name of [
      'hb',
      'hb.service',
      'hb.init',
      'hb.bash',
      'man/hb.8',
      'man/hb.cf.5',
      'examples/ha.cf',
      'LGPL-2',
      'LGPL-2.1',
    ]) {
      expect(names).toContain(`hb-9/${name}`)
    }
    expect(run(['tar', '-tvf', one]).match(/ 0\/0 /g)?.length).toBe(names.length - 1)
    expect(Buffer.from(Bun.spawnSync(['tar', '-xOf', one, 'hb-9/hb']).stdout).equals(payload)).toBe(true)
  })
})

describe.skipIf(!Bun.which('dpkg-deb'))('the .deb', () => {
  const make = (name: string) => {
    const tree = folderOf(name)
    packageTree(tree, executable, '9.9', '/etc/init.d')
    deb(tree, '9.9', 'x64', `${tree}.deb`, made)
    return `${tree}.deb`
  }

  test('holds everything and is the same each time', () => {
    const [one, two] = [make('deb1'), make('deb2')]
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true)
    const list = run(['dpkg-deb', '-c', one])
    for (const path of [...everywhere, ...LINKS, '/etc/init.d/hb']) expect(list).toContain(` .${path}`)
    expect(list).not.toMatch(/ (?!root\/root)\w+\/\w+ +\d+ 20/)
    run(['dpkg-deb', '-x', one, join(folder, 'deb-x')])
    expect(readFileSync(join(folder, 'deb-x/usr/sbin/hb')).equals(payload)).toBe(true)
    expect(run(['dpkg-deb', '-f', one, 'Version', 'Architecture'])).toBe('Version: 9.9\nArchitecture: amd64\n')
    expect(run(['dpkg-deb', '-f', one, 'Depends', 'Suggests'])).toBe('Suggests: resource-agents, cluster-glue\n')
    const kib = Number(run(['dpkg-deb', '-f', one, 'Installed-Size']))
    expect(kib).toBeGreaterThan(payload.length / 1024)
    expect(run(['dpkg-deb', '-I', one, 'conffiles'])).toBe('/etc/init.d/hb\n')
  })
})

const rpmHere = Bun.which('rpmbuild') !== null
if (!rpmHere) console.log('skipped: the .rpm, as rpmbuild is missing (Debian: rpm)')
describe.skipIf(!rpmHere)('the .rpm', () => {
  const files: string[] = []
  beforeAll(() => {
    for (const name of ['rpm1', 'rpm2']) {
      const tree = folderOf(name)
      packageTree(tree, executable, '9.9', '/etc/rc.d/init.d')
      rpm(tree, '9.9', 'x64', `${tree}.rpm`, join(folder, `${name}-work`), made)
      files.push(`${tree}.rpm`)
    }
  })
  const query = (...words: string[]) => run(['rpm', '--dbpath', join(folder, 'db'), '-qp', ...words, files[0]!])

  test('holds everything and is the same each time', () => {
    expect(readFileSync(files[0]!).equals(readFileSync(files[1]!))).toBe(true)
    const list = query('-l').split('\n')
    for (const path of [...everywhere, ...LINKS, '/etc/rc.d/init.d/hb']) expect(list).toContain(path)
  })

  test('names the processor that it is for', () => {
    const tree = folderOf('rpm-arm')
    packageTree(tree, executable, '9.9', '/etc/rc.d/init.d')
    rpm(tree, '9.9', 'arm64', `${tree}.rpm`, join(folder, 'rpm-arm-work'), made)
    const arch = ['--queryformat', '%{ARCH} %{VERSION}']
    expect(run(['rpm', '--dbpath', join(folder, 'db'), '-qp', ...arch, `${tree}.rpm`])).toBe('aarch64 9.9')
    expect(query(...arch)).toBe('x86_64 9.9')
  })

  test('the executable in it keeps every byte', () => {
    run(['rpm2archive', files[0]!])
    const unpacked = Bun.spawnSync(['tar', '-xOzf', `${files[0]}.tgz`, './usr/sbin/hb'])
    expect(Buffer.from(unpacked.stdout).equals(payload)).toBe(true)
  })

  test('asks for nothing but a shell and what an rpm of CentOS 6 has', () => {
    const needs = query('--requires').trim().split('\n').sort()
    expect([...new Set(needs)].filter((n) => !n.startsWith('rpmlib('))).toEqual(['/bin/sh'])
    const features = needs.filter((n) => n.startsWith('rpmlib(')).map((n) => n.slice(7, n.indexOf(')')))
    expect(features).toEqual(['CompressedFileNames', 'FileDigests', 'PayloadFilesHavePrefix', 'PayloadIsXz'])
  })
})

test('the examples are right', () => {
  const copy = folderOf('examples')
  run(['sh', '-c', `cp examples/* ${copy}`])
  chmodSync(join(copy, 'authkeys'), 0o600)
  const words = ['src/main.ts', 'check', '--config', copy, '--node', 'alpha']
  expect(run([process.execPath, ...words])).toContain('right: 0 errors, 0 warnings')
})

test('a tool that is missing is named with its package', () => {
  expect(() => run(['no-such-tool'], {}, 'a-package')).toThrow(
    'no-such-tool is not here (Debian: apt-get install a-package)',
  )
})

describe('scripts/release', () => {
  const call = (...words: string[]) => callWith(process.env.PATH!, ...words)
  const callWith = (PATH: string, ...words: string[]) => {
    const env = { ...process.env, PATH, CC: '' }
    const done = Bun.spawnSync({ cmd: ['scripts/release', ...words], env, stdout: 'pipe', stderr: 'pipe' })
    return { code: done.exitCode, err: done.stderr.toString() }
  }

  test('refuses what it does not know, in one line', () => {
    expect(call('--arch', 'vax')).toEqual({ code: 1, err: 'release: --arch vax: expected x64 or arm64\n' })
    expect(call('--level', '10')).toEqual({ code: 1, err: 'release: --level 10: expected 0 to 9\n' })
  })

  test('names everything that is missing before it begins', () => {
    const bare = folderOf('bare')
    for (const name of ['dirname', 'tar', 'xz']) symlinkSync(Bun.which(name)!, join(bare, name))
    expect(callWith(bare, '--out', join(folder, 'never'))).toEqual({
      code: 1,
      err:
        'release: not here: dpkg-deb, rpmbuild, a C compiler for x64, a C compiler for arm64 (Debian: apt-get install ' +
        'dpkg rpm gcc libc6-dev gcc-aarch64-linux-gnu libc6-dev-arm64-cross)\n',
    })
    expect(existsSync(join(folder, 'never'))).toBe(false)
  })
})
