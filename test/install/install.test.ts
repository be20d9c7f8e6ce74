/** hb install and hb uninstall on hosts made of a directory. */
import { afterAll, describe, expect, test } from 'bun:test'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { install } from '../../src/cli/install.ts'
import { uninstall } from '../../src/cli/uninstall.ts'
import { PACKAGED } from '../../src/install/call.ts'
import { MARK } from '../../src/install/mark.ts'

const folder = mkdtempSync(join(tmpdir(), 'hb-install-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const program = join(folder, 'hb-new')
const EXECUTABLE = `the executable, with its ${MARK}`
writeFileSync(program, EXECUTABLE, { mode: 0o755 })

/** A host with these files, and folders where the name ends in a slash. */
function host(...paths: string[]): string {
  const root = mkdtempSync(join(folder, 'host-'))
  for (const path of paths) write(root, path, 'theirs')
  return root
}

function write(root: string, path: string, text: string): void {
  const full = join(root, path)
  mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true })
  if (!path.endsWith('/')) writeFileSync(full, text)
}

/** All files and links of a host, sorted. */
function files(root: string): string[] {
  const all = readdirSync(root, { recursive: true, withFileTypes: true }).filter((e) => !e.isDirectory())
  return all.map((e) => join(e.parentPath, e.name).slice(root.length)).sort()
}

async function call(verb: typeof install | typeof uninstall, root: string, ...more: string[]) {
  const said = { out: '', err: '' }
  const io = {
    out: (s: string) => {
      said.out += s
    },
    err: (s: string) => {
      said.err += s
    },
    env: {},
  }
  const code = await verb(['--root', root, ...more], io, program)
  return { code, ...said }
}

const SYSTEMD = 'lib/systemd/systemd'
const LINKS = [
  '/usr/bin/cl_status',
  ...['addnode', 'delnode', 'standby', 'takeover'].map((n) => `/usr/share/heartbeat/hb_${n}`),
]
const MAN = ['/usr/share/man/man5/hb.cf.5', '/usr/share/man/man8/hb.8']

describe('hb install', () => {
  test('on a host with systemd: executable, unit, completion, manual, links', async () => {
    const root = host(SYSTEMD, 'usr/share/bash-completion/completions/')
    const { code, out, err } = await call(install, root)
    expect([code, err]).toEqual([0, ''])
    const made = ['/etc/systemd/system/hb.service', '/usr/sbin/hb', '/usr/share/bash-completion/completions/hb']
    expect(files(root)).toEqual([`/${SYSTEMD}`, ...made, ...LINKS, ...MAN].sort())
    for (const path of [...made, ...LINKS, ...MAN]) expect(out).toContain(path)
    expect(out).toContain('systemctl enable --now hb')
    expect(readFileSync(join(root, 'usr/sbin/hb'), 'utf8')).toBe(EXECUTABLE)
    expect(lstatSync(join(root, 'usr/sbin/hb')).mode & 0o777).toBe(0o755)
    expect(readlinkSync(join(root, 'usr/bin/cl_status'))).toBe('/usr/sbin/hb')
  })

  test('on a host like CentOS 6: an init script that can be run', async () => {
    const root = host('etc/rc.d/init.d/', 'sbin/chkconfig')
    const { code, out } = await call(install, root)
    expect(code).toBe(0)
    expect(lstatSync(join(root, 'etc/rc.d/init.d/hb')).mode & 0o777).toBe(0o755)
    expect(files(root)).toContain('/etc/bash_completion.d/hb')
    expect(out).toContain('chkconfig --add hb')
    expect(out).toContain('chkconfig hb on')
  })

  test('again: everything is there already', async () => {
    const root = host(SYSTEMD)
    await call(install, root)
    const before = files(root)
    const { code, out } = await call(install, root)
    expect(code).toBe(0)
    expect(out.match(/is there already/g)?.length).toBe(before.length - 2)
    expect(files(root)).toEqual(before)
  })

  test('brings its own older files up to date', async () => {
    const root = host(SYSTEMD)
    await call(install, root)
    const unit = join(root, 'etc/systemd/system/hb.service')
    const right = readFileSync(unit, 'utf8')
    writeFileSync(unit, `${right}# old\n`)
    expect((await call(install, root)).out).toContain('hb.service: brought up to date')
    expect(readFileSync(unit, 'utf8')).toBe(right)
  })

  test('leaves alone what is not its own, says so, does the rest, and exits with 1', async () => {
    const root = host(SYSTEMD, 'usr/bin/cl_status', 'etc/systemd/system/hb.service')
    const { code, err } = await call(install, root)
    expect(code).toBe(1)
    expect(err).toBe(
      "hb: /etc/systemd/system/hb.service is not hb's and stays as it is\nhb: /usr/bin/cl_status is not hb's and stays as it is\n",
    )
    expect(readFileSync(join(root, 'usr/bin/cl_status'), 'utf8')).toBe('theirs')
    expect(files(root)).toContain('/usr/share/heartbeat/hb_standby')
  })

  test('another program that is called hb stays, here and with uninstall', async () => {
    const root = host(SYSTEMD, 'usr/sbin/hb')
    const stays = { code: 1, err: "hb: /usr/sbin/hb is not hb's and stays as it is\n" }
    expect(await call(install, root)).toMatchObject(stays)
    expect(await call(uninstall, root)).toMatchObject(stays)
    expect(readFileSync(join(root, 'usr/sbin/hb'), 'utf8')).toBe('theirs')
  })

  test('--dry-run says the same and does nothing', async () => {
    const root = host(SYSTEMD)
    const dry = await call(install, root, '--dry-run')
    expect(files(root)).toEqual([`/${SYSTEMD}`])
    const real = await call(install, root)
    const plain = (text: string) => text.replaceAll('would be ', '')
    expect(plain(dry.out)).toBe(real.out)
  })

  test('where a package has put hb: refuses', async () => {
    const root = host(PACKAGED.slice(1))
    expect(await call(install, root)).toMatchObject({ code: 1, err: expect.stringContaining('a package') })
    expect(await call(uninstall, root)).toMatchObject({ code: 1, err: expect.stringContaining('a package') })
    expect(files(root)).toEqual([PACKAGED])
  })

  test('an unknown option is a usage error', async () => {
    expect(await call(install, host(), '--now')).toMatchObject({
      code: 2,
      err: expect.stringContaining('usage: hb install'),
    })
  })
})

describe('hb uninstall', () => {
  test('takes away what install put there; configuration and state stay', async () => {
    const root = host(SYSTEMD, 'etc/ha.d/ha.cf', 'var/lib/heartbeat/hb_uuid')
    const before = files(root)
    await call(install, root)
    const dry = await call(uninstall, root, '--dry-run')
    expect(dry.out).toContain('/usr/sbin/hb: would be removed')
    expect(files(root).length).toBe(before.length + 4 + LINKS.length + 1)
    const { code, err } = await call(uninstall, root)
    expect([code, err]).toEqual([0, ''])
    expect(files(root)).toEqual(before)
  })

  test('leaves what is somebody else’s, and says so', async () => {
    const root = host(SYSTEMD, 'usr/bin/cl_status')
    expect(await call(uninstall, root)).toMatchObject({ code: 1, err: expect.stringContaining('/usr/bin/cl_status') })
    expect(files(root)).toEqual([`/${SYSTEMD}`, '/usr/bin/cl_status'].sort())
  })

  test('where nothing is, there is nothing to do', async () => {
    const root = host(SYSTEMD)
    expect(await call(uninstall, root)).toMatchObject({ code: 0, err: '' })
  })
})
