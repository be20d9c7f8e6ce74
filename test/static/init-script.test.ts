/** hb install on a host with an init, busybox and nothing else, and the init script that it leaves there. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { install } from '../../src/cli/install.ts'
import { buildEnter, emptyRoot, hb, lacks, remove, skipped, start, workFolder } from './place.ts'

setDefaultTimeout(60_000)
const off = skipped() || lacks('/bin/busybox', 'busybox-static')
let folder = ''
let enter = ''
beforeAll(() => {
  if (off) return
  folder = workFolder()
  enter = buildEnter(folder)
})
afterAll(() => remove(folder))

const CONFIGURATION = {
  'ha.cf': `keepalive 200ms\ndeadtime 2\ninitdead 2\nauto_failback off\nlogfacility none\nlogfile /var/log/ha-log
ucast eth0 10.0.0.2\nnode alpha beta\n`,
  haresources: 'alpha 10.0.0.100/24/eth0\n',
  authkeys: 'auth 1\n1 sha1 a-secret-of-the-test\n',
  nodeinfo: 'alpha\n',
}

async function host(): Promise<string> {
  const root = emptyRoot(folder, hb(), ['bin', 'dev', 'etc/ha.d', 'etc/init.d', 'run', 'var/log', 'var/run', 'tmp'])
  for (const name of ['sh', 'sleep', 'rm', 'cat', 'kill']) {
    if (name === 'sh') copyFileSync('/bin/busybox', join(root, 'bin/sh'))
    else symlinkSync('sh', join(root, 'bin', name))
  }
  for (const [name, text] of Object.entries(CONFIGURATION)) {
    writeFileSync(join(root, 'etc/ha.d', name), text, { mode: 0o600 })
  }
  mkdirSync(join(root, 'var/lock/subsys'), { recursive: true })
  const said: string[] = []
  const io = { out: (s: string) => said.push(s), err: (s: string) => said.push(s), env: {} }
  if ((await install(['--root', root], io, hb())) !== 0) throw new Error(said.join(''))
  return root
}

const NETWORK = `ip link add eth0 type veth peer name peer0; ip address add 10.0.0.1/24 dev eth0; ip link set eth0 up; ip link set peer0 up
  for f in null urandom; do touch $root/dev/$f; mount --bind /dev/$f $root/dev/$f; done`

/** Runs lines of shell on the host, and returns what each of them said and its exit code, as "N: text". */
function shell(root: string, ...lines: string[]): string[] {
  const script = lines.map((line) => `said=$(${line} 2>&1); echo "$?: $said"`).join('\n')
  const ended = start(enter, root, ['-c', script], {
    program: '/bin/sh',
    init: true,
    before: NETWORK,
    env: { PATH: '/bin' },
  })
  return ended.out
    .trimEnd()
    .split('\n')
    .concat(ended.err ? [ended.err] : [])
}

describe.skipIf(off)('the init script', () => {
  test('starts, tells, reloads and stops hb, with the exit codes of init scripts', async () => {
    const root = await host()
    const script = '/etc/init.d/hb'
    const steps = ['status', 'start', 'start', 'status', 'reload', 'stop', 'status', 'stop'].map(
      (s) => `${script} ${s}`,
    )
    expect(shell(root, ...steps)).toEqual([
      '3: hb is not running',
      expect.stringMatching(/^0: hb started \(pid \d+\)$/),
      expect.stringMatching(/^0: hb is running already \(pid \d+\)$/),
      expect.stringMatching(/^0: hb is running \(pid \d+\)$/),
      expect.stringMatching(/^0: the configuration is in force/),
      // What hb check would say of it, too.
      expect.stringMatching(/ha\.cf:3:10: warning: initdead is under 10 s/),
      expect.stringMatching(/^0: stopped/),
      'hb stopped',
      '3: hb is not running',
      '0: hb is not running',
    ])
    expect(readFileSync(join(root, 'var/log/ha-log'), 'utf8')).toContain('hb')
  })

  test('tells 1 of one that was killed', async () => {
    const killed = 'kill -9 $(cat /var/run/hb.pid); sleep 1'
    const said = shell(await host(), '/etc/init.d/hb start', killed, '/etc/init.d/hb status')
    expect(said[2]).toMatch(/^1: hb is dead and \/var\/run\/hb\.pid is left$/)
  })

  test('does not start with a wrong configuration, says why, and exits with 6', async () => {
    const root = await host()
    writeFileSync(join(root, 'etc/ha.d/ha.cf'), 'nodes alpha\n')
    const said = shell(root, '/etc/init.d/hb start')
    expect(said.join('\n')).toMatch(/^6: [\s\S]*ha\.cf:1:1: error/)
  })
})
