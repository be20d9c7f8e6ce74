/** The unit under a systemd of the test's own: ready, told to reload, watched, started again, stopped; and the package there. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deb } from '../../src/release/deb.ts'
import { packageTree } from '../../src/release/tree.ts'
import { until } from './hosts.ts'
import { hb, lacks, remove, skipped, workFolder } from './place.ts'
import { SystemdHost } from './systemd-host.ts'

setDefaultTimeout(120_000)
const off = skipped() || [lacks('/lib/systemd/systemd', 'systemd'), lacks('dpkg-deb', 'dpkg')].includes(true)
const ADDRESS = '10.0.0.100'
const HOLD_MS = 20_000

const FILES = {
  'etc/ha.d/ha.cf': `keepalive 200ms\ndeadtime 2\ninitdead 2\nauto_failback off\nlogfile /var/log/ha-log
ucast eth0 10.0.0.2\nnode alpha beta\n`,
  'etc/ha.d/haresources': `alpha ${ADDRESS}/24/eth0\n`,
  'etc/ha.d/authkeys': 'auth 1\n1 sha1 a-secret-of-the-test\n',
  /* The limit of the unit, made short enough for a test. */
  'etc/systemd/system/hb.service.d/test.conf': '[Service]\nWatchdogSec=3\n',
}

let folder = ''
let host: SystemdHost
beforeAll(async () => {
  if (off) return
  folder = workFolder()
  const upper = join(folder, 'host/upper')
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(join(upper, path, '..'), { recursive: true })
    writeFileSync(join(upper, path), text, { mode: path.endsWith('authkeys') ? 0o600 : 0o644 })
  }
  packageTree(join(folder, 'tree'), hb(), '9.9', '/etc/init.d')
  deb(join(folder, 'tree'), '9.9', 'x64', join(upper, 'hb.deb'), { epoch: 1_700_000_000, level: null })
  host = new SystemdHost(join(folder, 'host'))
  await host.booted()
  if (existsSync('/var/lib/dpkg/info/heartbeat.list')) host.must('dpkg -r heartbeat')
  host.must('dpkg -i /hb.deb')
})
afterAll(async () => {
  await host?.close()
  remove(folder)
})

const pid = () => Number(host.property('hb', 'MainPID'))
const held = () => until('the address is held', HOLD_MS, () => host.holds(ADDRESS))

describe.skipIf(off)('the unit, put in place by the package', () => {
  test('is not enabled by that, and not started', () => {
    expect([host.property('hb', 'LoadState'), host.property('hb', 'ActiveState')]).toEqual(['loaded', 'inactive'])
    expect(host.run('systemctl is-enabled hb').text).toBe('disabled\n')
    expect(host.must('systemctl cat hb')).toContain('/lib/systemd/system/hb.service')
  })

  test('systemctl start returns when hb says that it is ready, and status shows what it says', async () => {
    host.must('systemctl enable --now hb')
    expect(host.property('hb', 'ActiveState')).toBe('active')
    expect(host.property('hb', 'StatusText')).toStartWith('alpha is ')
    await held()
    await until('its status says so', HOLD_MS, () => /holds 1 of 1/.test(host.property('hb', 'StatusText')))
  })

  test('systemctl reload is told, and the same process goes on', () => {
    const before = pid()
    host.must('systemctl reload hb')
    expect([host.property('hb', 'ActiveState'), pid()]).toEqual(['active', before])
    expect(host.must('tail -n 20 /var/log/ha-log')).toContain('reload: the configuration is in force')
  })

  test('killed, it is started again', async () => {
    const before = pid()
    host.must(`kill -9 ${before}`)
    await until(
      'another hb is active',
      HOLD_MS,
      () => ![0, before].includes(pid()) && host.property('hb', 'ActiveState') === 'active',
    )
    await held()
  })

  test('standing still, it misses the watchdog and is started again', async () => {
    const before = pid()
    host.must(`kill -STOP ${before}`)
    await until(
      'another hb is active',
      HOLD_MS,
      () => ![0, before].includes(pid()) && host.property('hb', 'ActiveState') === 'active',
    )
    expect(host.must('journalctl -u hb --no-pager')).toContain('Watchdog timeout')
    await held()
  })

  test('a wrong configuration is not tried again and again', async () => {
    host.must('systemctl stop hb; cp /etc/ha.d/ha.cf /ha.cf; echo "deadtme 3" >> /etc/ha.d/ha.cf')
    expect(host.run('systemctl start hb').code).not.toBe(0)
    expect(host.property('hb', 'ExecMainStatus')).toBe('6')
    expect([host.property('hb', 'ActiveState'), host.property('hb', 'NRestarts')]).toEqual(['failed', '0'])
    expect(host.must('journalctl -u hb --no-pager')).toContain("ha.cf:8:1: error: unknown directive: 'deadtme'")
    host.must('cp /ha.cf /etc/ha.d/ha.cf; systemctl start hb')
    await held()
  })

  test('removing the package stops it first; purging takes the link that enabled it', () => {
    expect(host.must('ls /etc/systemd/system/multi-user.target.wants')).toContain('hb.service')
    host.must('dpkg -r hb')
    expect(host.holds(ADDRESS)).toBe(false)
    expect(host.run('systemctl is-active hb').text).toBe('inactive\n')
    host.must('dpkg -P hb')
    expect(host.must('ls /etc/systemd/system/multi-user.target.wants')).not.toContain('hb.service')
    expect(host.must('cat /etc/ha.d/haresources')).toContain(ADDRESS)
  })
})
