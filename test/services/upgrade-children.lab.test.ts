/** hb upgrade exchanges the executable; the process stays, and with it whatever it has started and whoever talks to it. */
import { expect, test } from 'bun:test'
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Cluster, executable, type Options, serviceAddress, waitFor, withRunning } from '../e2e/harness.ts'

/** Writes its number down at each start. */
const beside = '#!/bin/sh\necho $$ >>/var/log/$1.pids\nwhile :; do sleep 0.2; done\n'

const sh = async (cluster: Cluster, script: string) =>
  (await cluster.lab.run('exec', 'node1', 'sh', '-c', script)).trim()
const words = async (cluster: Cluster, path: string) =>
  (await sh(cluster, `cat ${path} 2>/dev/null || true`)).split('\n').filter(Boolean)
const lives = async (cluster: Cluster, pid: string) =>
  (await sh(cluster, `grep -s State /proc/${pid}/status || true`)) !== ''

/** A running pair, and how node1's executable is exchanged. */
function withUpgrade(options: Options, work: (cluster: Cluster, upgrade: () => Promise<void>) => Promise<void>) {
  return withRunning(options, async (cluster) => {
    const copy = `/tmp/hb-children-${process.pid}`
    copyFileSync(executable, copy)
    try {
      await work(cluster, async () => {
        const { code, out, err } = await cluster.hb('node1', 'upgrade', copy)
        expect({ code, err }).toEqual({ code: 0, err: '' })
        expect(out).toContain('serves now')
      })
      expect(await cluster.lab.holders(serviceAddress)).not.toEqual(['node1', 'node2'])
    } finally {
      rmSync(copy)
    }
  })
}

test('programs of respawn outlive hb upgrade: the same process, the same parent, started again when they end', () =>
  withUpgrade(
    { scripts: { beside }, extra: ['respawn root /etc/ha.d/resource.d/beside one'] },
    async (cluster, upgrade) => {
      const started = () => words(cluster, '/var/log/one.pids')
      await waitFor('the program', 5000, started, (p) => p.length === 1)
      const [pid] = (await started()) as [string]
      const hb = await sh(cluster, 'cat /run/lab/hb.pid')
      for (let round = 0; round < 2; round++) {
        await upgrade()
        await Bun.sleep(1500)
        expect(await started()).toEqual([pid])
        expect(await sh(cluster, `awk '/^PPid/ { print $2 }' /proc/${pid}/status`)).toBe(hb)
      }
      await sh(cluster, `kill -9 ${pid}`)
      const [, second] = await waitFor('another one', 5000, started, (p) => p.length === 2)
      // Reaped, not left as a zombie.
      expect(await lives(cluster, pid)).toBe(false)
      expect(await sh(cluster, 'cat /var/log/ha-log')).toContain('ended by SIGKILL; it is started again')
      await cluster.hb('node1', 'stop')
      await waitFor(
        'its end',
        5000,
        () => lives(cluster, second!),
        (there) => !there,
      )
    },
  ))

test('a program of respawn that ends while the executable is exchanged is noticed by the new one', () =>
  withUpgrade(
    { scripts: { beside }, extra: ['respawn root /etc/ha.d/resource.d/beside one'] },
    async (cluster, upgrade) => {
      const started = () => words(cluster, '/var/log/one.pids')
      const [pid] = await waitFor('the program', 5000, started, (p) => p.length === 1)
      const script = `for i in $(seq 400); do [ -e /var/lib/heartbeat/hb_handover ] && break; sleep 0.005; done; kill -9 ${pid}`
      const killing = sh(cluster, script)
      await upgrade()
      await killing
      await waitFor('another one', 5000, started, (p) => p.length === 2)
      await Bun.sleep(1500)
      expect((await started()).length).toBe(2)
      expect(await lives(cluster, pid!)).toBe(false)
    },
  ))

test('a watchdog stays fed while the executable is exchanged, and is never closed', () =>
  withUpgrade({ extra: ['watchdog /var/log/dog'] }, async (cluster, upgrade) => {
    const longest = sh(
      cluster,
      'n=0; most=0; last=0; for i in $(seq 100); do s=$(stat -c %s /var/log/dog); [ "$s" = "$last" ] && n=$((n + 1)) || n=0; [ $s -lt $last ] && n=1000; [ $n -gt $most ] && most=$n; last=$s; sleep 0.05; done; echo $most',
    )
    const before = Number(await sh(cluster, 'stat -c %s /var/log/dog'))
    await upgrade()
    // In steps of 50 ms and a little (1000: the file was opened anew); a device would be set to deadtime and a second.
    expect(Number(await longest)).toBeLessThan(25)
    expect(Number(await sh(cluster, 'stat -c %s /var/log/dog'))).toBeGreaterThan(before)
    expect(await sh(cluster, 'tr -d "\\0" </var/log/dog')).toBe('')
    await cluster.hb('node1', 'stop')
    await waitFor(
      'the letter V',
      4000,
      () => sh(cluster, 'tr -d "\\0" </var/log/dog'),
      (rest) => rest === 'V',
    )
  }))

test('clients of the API socket keep their connection while the executable is exchanged', () =>
  withUpgrade({}, async (cluster, upgrade) => {
    const caller = join(import.meta.dir, 'api-caller.ts')
    await waitFor('the socket', 5000, () => sh(cluster, 'ls /run/heartbeat/register 2>/dev/null || true'))
    const calling = cluster.lab.run('exec', 'node1', process.execPath, caller, '6')
    await Bun.sleep(1500)
    await upgrade()
    expect(await calling).toMatch(/^kept with [3-6][0-9] answers/)
  }))

test('what scripts write into the FIFO while the executable is exchanged is not lost', () =>
  withUpgrade({ hbcf: 'fifo on\n' }, async (cluster, upgrade) => {
    const fifo = '/var/lib/heartbeat/fifo'
    await sh(cluster, `printf '>>>\\nt=ask_resources\\ninfo=me\\n' >${fifo}`)
    await Bun.sleep(600)
    await upgrade()
    expect(await cluster.lab.holders(serviceAddress)).toEqual(['node1'])
    await sh(cluster, `printf 'rsc_hold=all\\n<<<\\n' >${fifo}`)
    await cluster.heldBy(['node2'], 8000)
  }))

test('no monitor script is orphaned or run twice by hb upgrade', () =>
  withUpgrade(
    {
      scripts: { slow: '#!/bin/sh\necho begin $$ >>/var/log/slow\nsleep 2.5\necho end $$ >>/var/log/slow\n' },
      hbcf: `monitor ${serviceAddress}/24/eth0 every 1500ms timeout 5 via script /etc/ha.d/resource.d/slow\n`,
    },
    async (cluster, upgrade) => {
      await waitFor(
        'a first run',
        8000,
        () => words(cluster, '/var/log/slow'),
        (w) => w.length >= 1,
      )
      await upgrade()
      const seen = (await words(cluster, '/var/log/slow')).length
      await waitFor(
        'more runs',
        8000,
        () => words(cluster, '/var/log/slow'),
        (w) => w.length >= seen + 3,
      )
      const lines = await words(cluster, '/var/log/slow')
      const runs = lines.slice(0, lines.length - (lines.length % 2))
      for (let i = 0; i < runs.length; i += 2) {
        expect(runs[i + 1]).toBe(runs[i]!.replace('begin', 'end'))
      }
    },
  ))

test('a service that goes on writing where its start script did is not ended by hb upgrade', () =>
  withUpgrade(
    {
      haresources: `node1 ${serviceAddress}/24/eth0 talker\n`,
      scripts: {
        talker: `#!/bin/sh
case $1 in
status) kill -0 $(cat /run/talker) 2>/dev/null && echo running || echo stopped ;;
start) (while :; do echo tick; sleep 0.1; done) & echo $! >/run/talker ;;
stop) kill $(cat /run/talker); rm -f /run/talker ;;
esac
`,
      },
    },
    async (cluster, upgrade) => {
      const pid = await sh(cluster, 'cat /run/talker')
      await upgrade()
      await Bun.sleep(1500)
      expect(await lives(cluster, pid)).toBe(true)
      expect((await cluster.hb('node1', 'standby')).code).toBe(0)
      expect(await lives(cluster, pid)).toBe(false)
    },
  ))
