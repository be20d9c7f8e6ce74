/** The real .deb and .rpm with the real executable, installed, brought up to date under a running hb, and removed. */
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LINKS } from '../../src/install/plan.ts'
import { deb } from '../../src/release/deb.ts'
import { rpm } from '../../src/release/rpm.ts'
import { packageTree } from '../../src/release/tree.ts'
import { until } from './hosts.ts'
import { PackageHost, THIS_MACHINE } from './package-host.ts'
import { hb, lacks, remove, skipped, workFolder } from './place.ts'

setDefaultTimeout(120_000)
const off =
  skipped() ||
  [
    lacks('rpmbuild', 'rpm'),
    lacks('busybox', 'busybox-static'),
    lacks('/var/lib/dpkg/info/heartbeat.list', 'heartbeat'),
  ].includes(true)
const ADDRESS = '10.0.0.100'
const HOLD_MS = 20_000
const made = { epoch: 1_700_000_000, level: null }
let folder = ''
let host: PackageHost
beforeAll(() => {
  if (!off) folder = workFolder()
})
afterEach(() => host?.close())
afterAll(() => remove(folder))

function tree(name: string, version: string, initFolder: string): string {
  const made = join(folder, name)
  packageTree(made, hb(), version, initFolder)
  return made
}

const CONFIGURATION = {
  'ha.cf': `keepalive 200ms\ndeadtime 2\ninitdead 2\nauto_failback off\nlogfacility none\nlogfile /var/log/ha-log
ucast eth0 10.0.0.2\nnode alpha beta\n`,
  haresources: `alpha ${ADDRESS}/24/eth0\n`,
  authkeys: 'auth 1\n1 sha1 a-secret-of-the-test\n',
}

/** A cluster's files, as they were before any package came. */
function configure(root: string): void {
  mkdirSync(join(root, 'etc/ha.d'), { recursive: true })
  mkdirSync(join(root, 'var/lib/heartbeat'), { recursive: true })
  for (const [name, text] of Object.entries(CONFIGURATION)) {
    writeFileSync(join(root, 'etc/ha.d', name), text, { mode: name === 'authkeys' ? 0o600 : 0o640 })
  }
  writeFileSync(join(root, 'var/lib/heartbeat/hb_generation'), '7\n')
}

/** Mode, owner and content of everything that belongs to the cluster and not to a package. */
const configuration = () =>
  host.must('cd /etc/ha.d; stat -c "%n %a %u:%g" ha.cf haresources authkeys; cat ha.cf haresources authkeys')

/** Starts hb by its init script and returns its process's number. */
async function start(script: string): Promise<string> {
  expect(host.run(`${script} start`)).toMatchObject({ code: 0, text: expect.stringMatching(/^hb started/) })
  await until('the address is held', HOLD_MS, () => host.holds(ADDRESS))
  return host.must('cat /var/run/hb.pid')
}

/** A package newer than the one that runs: the daemon goes on as it is until it is told to become the new one. */
async function replaced(pid: string, install: () => unknown): Promise<void> {
  install()
  expect(host.executableOf(pid)).toBe('/usr/sbin/hb (deleted)')
  expect(host.holds(ADDRESS)).toBe(true)
  expect(host.run('hb upgrade /usr/sbin/hb')).toMatchObject({ code: 0 })
  expect(host.executableOf(pid)).toBe('/usr/sbin/hb')
  expect(host.holds(ADDRESS)).toBe(true)
}

function refuses(): void {
  expect(host.run('hb install')).toEqual({
    code: 1,
    text: expect.stringMatching(/^hb: a package has put hb on this host/),
  })
  expect(host.run('hb uninstall')).toEqual({
    code: 1,
    text: expect.stringMatching(/^hb: a package has put hb on this host/),
  })
}

/** Links, and modes of what is more than a text to read; everything is root's. */
function placed(script: string): void {
  expect(host.must(LINKS.map((link) => `readlink ${link}`).join('; '))).toBe(LINKS.map(() => '/usr/sbin/hb').join('\n'))
  const modes = {
    '/usr/sbin/hb': 755,
    [script]: 755,
    '/usr/lib/systemd/system/hb.service': 644,
    '/usr/share/doc/hb/examples/authkeys': 600,
  }
  const lines = Object.entries(modes).map(([path, mode]) => `${path} ${mode} 0:0`)
  expect(host.must(`stat -c "%n %a %u:%g" ${Object.keys(modes).join(' ')}`)).toBe(lines.join('\n'))
}

const gone = (...paths: string[]) =>
  expect(host.run(paths.map((p) => `[ ! -e ${p} ] && [ ! -h ${p} ] || echo ${p}`).join('; ')).text).toBe('')

describe.skipIf(off)('the .deb, on a Debian that has heartbeat', () => {
  const script = '/etc/init.d/hb'
  beforeAll(() => {
    if (off) return
    for (const version of ['9.8', '9.9']) {
      deb(tree(`deb-${version}`, version, '/etc/init.d'), version, 'x64', join(folder, `${version}.deb`), made)
    }
  })

  test('is installed in its place, upgraded and removed; the configuration stays as it was', async () => {
    const here = mkdtempSync(join(folder, 'debian-'))
    configure(join(here, 'upper'))
    host = new PackageHost(here, THIS_MACHINE)
    await host.ready()
    for (const version of ['9.8', '9.9'])
      copyFileSync(join(folder, `${version}.deb`), join(here, `upper/tmp-${version}.deb`))
    const before = configuration()

    expect(host.run('dpkg -i /tmp-9.8.deb')).toMatchObject({
      code: 1,
      text: expect.stringContaining('hb conflicts with heartbeat'),
    })
    host.must('dpkg -r heartbeat')
    host.must('dpkg -i /tmp-9.8.deb')
    expect(host.must('dpkg -V hb')).toBe('')
    expect(host.must('dpkg -s hb')).toMatch(
      /\nStatus: install ok installed\n[\s\S]*\nVersion: 9\.8\n[\s\S]*\nConffiles:\n \/etc\/init\.d\/hb \w{32}\n/,
    )
    expect(host.must('hb version')).toStartWith('hb ')
    expect(host.must('hb check')).toContain('right: 0 errors')
    placed(script)
    if (!lacks('systemd-analyze', 'systemd')) expect(host.must('systemd-analyze verify --man=no hb.service')).toBe('')
    refuses()

    const pid = await start(script)
    host.must(`echo "# of this site" >> ${script}`)
    await replaced(pid, () => host.must('dpkg -i /tmp-9.9.deb'))
    expect(host.must(`tail -n 1 ${script}`)).toBe('# of this site')

    expect(host.must('dpkg -r hb')).toContain('hb stopped')
    expect(host.holds(ADDRESS)).toBe(false)
    gone(`/proc/${pid}/exe`, '/usr/sbin/hb', '/usr/lib/systemd/system/hb.service', '/usr/share/doc/hb', ...LINKS)
    expect(host.run(`${script} start`).code).toBe(5)
    expect(host.run(`${script} status`).code).toBe(3)
    host.must('dpkg -P hb')
    gone(script)
    expect(configuration()).toBe(before)
    expect(Number(host.must('cat /var/lib/heartbeat/hb_generation'))).toBeGreaterThan(7)
  })
})

describe.skipIf(off)('the .rpm, on a host like CentOS 6', () => {
  const script = '/etc/rc.d/init.d/hb'
  beforeAll(() => {
    if (off) return
    for (const version of ['9.8', '9.9']) {
      const work = join(folder, `rpmbuild-${version}`)
      rpm(
        tree(`rpm-${version}`, version, '/etc/rc.d/init.d'),
        version,
        'x64',
        join(folder, `${version}.rpm`),
        work,
        made,
      )
    }
  })

  test('is installed, upgraded and removed; the configuration stays as it was', async () => {
    const here = mkdtempSync(join(folder, 'centos-'))
    const root = join(here, 'root')
    for (const name of ['bin', 'sbin', 'dev', 'proc', 'tmp', 'run', 'var/log', 'var/run', 'var/lock/subsys']) {
      mkdirSync(join(root, name), { recursive: true })
    }
    copyFileSync('/bin/busybox', join(root, 'bin/busybox'))
    for (const name of ['sh', 'sleep', 'rm', 'cat', 'kill', 'stat', 'readlink', 'tail'])
      symlinkSync('busybox', join(root, 'bin', name))
    writeFileSync(join(root, 'sbin/chkconfig'), '#!/bin/sh\necho "$*" >> /chkconfig\n', { mode: 0o755 })
    configure(root)
    host = new PackageHost(
      here,
      'for f in null urandom; do touch $root/dev/$f; mount --bind /dev/$f $root/dev/$f; done',
    )
    await host.ready()
    const before = configuration()
    const rpmHere = (words: string) => {
      const { code, text } = host.outside(`exec rpm --root $root ${words}`)
      if (code !== 0) throw new Error(`rpm ${words}: ${code}\n${text}`)
      return text.trim()
    }

    /* The shell that it asks for belongs to no package there. */
    rpmHere(`-i --nodeps ${folder}/9.8.rpm`)
    expect(rpmHere('-V --nodeps hb')).toBe('')
    expect(rpmHere('-q hb')).toBe('hb-9.8-1.x86_64')
    expect(host.must('cat /chkconfig')).toBe('--add hb')
    expect(host.must('hb version')).toStartWith('hb ')
    expect(host.must('hb check')).toContain('right: 0 errors')
    placed(script)
    refuses()

    const pid = await start(script)
    await replaced(pid, () => rpmHere(`-U --nodeps ${folder}/9.9.rpm`))
    expect(rpmHere('-q hb')).toBe('hb-9.9-1.x86_64')

    expect(rpmHere('-e hb')).toContain('hb stopped')
    expect(host.holds(ADDRESS)).toBe(false)
    gone(`/proc/${pid}/exe`, '/usr/sbin/hb', script, '/usr/share/doc/hb', '/usr/share/heartbeat', ...LINKS)
    expect(host.must('tail -n 1 /chkconfig')).toBe('--del hb')
    expect(configuration()).toBe(before)
    expect(Number(host.must('cat /var/lib/heartbeat/hb_generation'))).toBeGreaterThan(7)
  })
})
