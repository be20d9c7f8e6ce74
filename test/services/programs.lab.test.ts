/** The rest of ha.cf's table that concerns programs: obeyed, or answered with what hb does in its place. */
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import {
  type Cluster,
  deadtimeMs,
  executable,
  type Options,
  serviceAddress,
  slackMs,
  waitFor,
  withCluster,
  withRunning,
} from '../e2e/harness.ts'

const sh = async (cluster: Cluster, script: string) =>
  (await cluster.lab.run('exec', 'node1', 'sh', '-c', script)).trim()

/** Writes down its number, its user and its environment at each start. */
const beside =
  '#!/bin/sh\necho $$ $(id -u) >>/var/log/out/$1.runs\nenv >/var/log/out/$1.env\ntrap "exit 0" TERM\nwhile :; do sleep 0.1; done\n'
/** Where they write: each host has its own. */
const place = (cluster: Cluster) =>
  Promise.all(
    ['node1', 'node2'].map((host) => cluster.lab.run('exec', host, 'mkdir', '-m', '1777', '-p', '/var/log/out')),
  )

/** The pair with that place, running. */
const withPrograms = (options: Options, work: (cluster: Cluster) => Promise<void>) =>
  withCluster(options, async (cluster) => {
    await place(cluster)
    await cluster.start('node1', 'node2')
    await cluster.agreed()
    await work(cluster)
  })

const line = '/etc/ha.d/resource.d/beside'
const runs = async (cluster: Cluster, name: string) =>
  (await sh(cluster, `cat /var/log/out/${name}.runs 2>/dev/null || true`)).split('\n').filter(Boolean)

test('respawn: a program is started as its user when this node is active, again when it ends, and ends with hb', () =>
  withPrograms({ scripts: { beside }, extra: [`respawn nobody ${line} one`] }, async (cluster) => {
    const [first] = await waitFor(
      'the program',
      5000,
      () => runs(cluster, 'one'),
      (r) => r.length === 1,
    )
    const [pid, uid] = first!.split(' ')
    expect(uid).toBe(await sh(cluster, 'id -u nobody'))
    await sh(cluster, `kill -9 ${pid}`)
    const [, second] = await waitFor(
      'the second run',
      5000,
      () => runs(cluster, 'one'),
      (r) => r.length === 2,
    )
    await cluster.hb('node1', 'stop')
    const gone = () => sh(cluster, `[ -e /proc/${second!.split(' ')[0]} ] && echo there || true`)
    await waitFor('its end', 12_000, gone, (there) => there === '')
  }))

test('failfast: the machine is restarted when the program fails, and the other node serves', () =>
  withPrograms({ scripts: { beside }, extra: [`failfast root ${line} vital`] }, async (cluster) => {
    const [first] = await waitFor(
      'the program',
      5000,
      () => runs(cluster, 'vital'),
      (r) => r.length >= 1,
    )
    await cluster.lab.ask('exec', 'node1', 'kill', '-9', first!.split(' ')[0]!)
    await cluster.heldBy(['node2'], deadtimeMs + slackMs + 3000)
    expect((await cluster.lab.ask('exec', 'node1', 'true')).code).not.toBe(0)
  }))

test('env: scripts and programs have it, as HA_NAME', () =>
  withPrograms(
    {
      scripts: { beside, it: '#!/bin/sh\nenv >/var/log/out/it.env\n[ "$1" = status ] && echo stopped || true\n' },
      haresources: `node1 ${serviceAddress}/24/eth0 it\n`,
      extra: ['env SITE=north ROOM=7', `respawn root ${line} env`],
    },
    async (cluster) => {
      for (const file of ['/var/log/out/it.env', '/var/log/out/env.env']) {
        const text = await waitFor('its environment', 5000, () => sh(cluster, `cat ${file} 2>/dev/null || true`))
        expect(text).toMatch(/^HA_SITE=north$/m)
        expect(text).toMatch(/^HA_ROOM=7$/m)
      }
    },
  ))

test('apiauth: whom it names is let in, whom it does not is refused; a reload lets in and sends away', () =>
  withRunning({ extra: ['apiauth anon uid=hacluster'] }, async (cluster) => {
    await sh(cluster, `ln -s ${executable} /run/lab/cl_status; chmod 755 /run/lab`)
    await waitFor('the socket', 5000, () => sh(cluster, 'ls /run/heartbeat/register 2>/dev/null || true'))
    const ask = (user: string) =>
      sh(
        cluster,
        `setpriv --reuid ${user} --regid haclient --clear-groups /run/lab/cl_status hbparameter -p keepalive 2>&1 || true`,
      )
    expect(await ask('hacluster')).toBe('200ms')
    expect(await ask('root')).toContain('authorization')
    const text = await sh(cluster, 'cat /etc/ha.d/ha.cf')
    const allow = async (user: string) => {
      await cluster.put('node1', 'ha.cf', `${text.replace('apiauth anon uid=hacluster', `apiauth anon uid=${user}`)}\n`)
      expect((await cluster.hb('node1', 'reload')).code).toBe(0)
    }
    await allow('root')
    expect(await ask('root')).toBe('200ms')
    expect(await ask('hacluster')).toContain('authorization')
    const caller = join(import.meta.dir, 'api-caller.ts')
    const calling = cluster.lab.run('exec', 'node1', process.execPath, caller, '10')
    await Bun.sleep(1500)
    await allow('hacluster')
    expect(await calling).toMatch(/^lost after [1-9]/)
  }))

test('use_logd: answered with where hb writes its log itself, and written there', () =>
  withRunning({ extra: ['use_logd yes'] }, async (cluster) => {
    const check = await cluster.hb('node1', 'check', '--node', 'node1')
    const said = check.out + check.err
    expect(said).toMatch(/use_logd: hb writes its log itself: to logfile, debugfile and logfacility/)
    expect(check.code).toBe(0)
    expect((await cluster.hb('node1', 'reload')).out).toContain('use_logd: hb writes its log itself')
    expect(await sh(cluster, 'cat /var/log/ha-log')).toContain('Configuration validated')
  }))

test('realtime: every thread of hb has the priority of rtprio, programs and scripts have none; off is off', () =>
  withPrograms({ scripts: { beside }, extra: ['rtprio 4', `respawn root ${line} one`] }, async (cluster) => {
    const priorities = (pid: string) =>
      sh(cluster, `for t in /proc/${pid}/task/*; do chrt -p \${t##*/}; done | sed 's/.*: //' | sort -u | tr '\\n' ' '`)
    const hb = await sh(cluster, 'cat /run/lab/hb.pid')
    const [run] = await waitFor(
      'the program',
      5000,
      () => runs(cluster, 'one'),
      (r) => r.length === 1,
    )
    await waitFor(
      'every thread',
      4000,
      () => priorities(hb),
      (p) => p === '4 SCHED_RR|SCHED_RESET_ON_FORK',
    )
    expect(await priorities(run!.split(' ')[0]!)).toBe('0 SCHED_OTHER')
    const text = await sh(cluster, 'cat /etc/ha.d/ha.cf')
    await cluster.put('node1', 'ha.cf', `realtime off\n${text}\n`)
    expect((await cluster.hb('node1', 'reload')).code).toBe(0)
    await waitFor(
      'no thread',
      4000,
      () => priorities(hb),
      (p) => /^0 SCHED_OTHER/.test(p),
    )
    await cluster.put('node1', 'ha.cf', `${text}\n`)
    expect((await cluster.hb('node1', 'reload')).code).toBe(0)
    await waitFor(
      'every thread again',
      4000,
      () => priorities(hb),
      (p) => p === '4 SCHED_RR|SCHED_RESET_ON_FORK',
    )
  }))
