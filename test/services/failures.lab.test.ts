import { expect, test } from 'bun:test'
import { deadtimeMs, executable, serviceAddress, slackMs, waitFor, withCluster, withRunning } from '../e2e/harness.ts'

const group = `${serviceAddress}/24/eth0`
const plain =
  '#!/bin/sh\ncase $1 in status) [ -e /run/it ] && echo running || echo stopped ;; start) touch /run/it ;; stop) rm -f /run/it ;; esac\n'
const failing = '#!/bin/sh\ncase $1 in status) echo stopped ;; start) echo "no licence"; exit 1 ;; esac\n'
const hanging = '#!/bin/sh\ncase $1 in status) echo stopped ;; start) sleep 60 ;; esac\n'
const unstoppable = '#!/bin/sh\ncase $1 in status) echo running ;; stop) echo stop >>/var/log/stops; exit 1 ;; esac\n'
/** Notes what is asked of it, and is never found running. */
const noting = (name: string) =>
  `#!/bin/sh\ncase $1 in status) echo stopped ;; *) echo "$1 ${name}" >>/var/log/calls ;; esac\n`

for (const [name, script] of [
  ['fails', failing],
  ['outlives its time limit', hanging],
] as const) {
  test(`a start that ${name} releases the group and hands it to the peer`, () =>
    withCluster(
      { haresources: `node1 ${group} it\n`, hbcf: 'start_timeout 1\n', scripts: { it: plain } },
      async (cluster) => {
        await cluster.lab.put('node1', '/etc/ha.d/resource.d', 'it', script, 0o755)
        await cluster.start('node1', 'node2')
        await cluster.heldBy(['node2'], 20_000)
        await Bun.sleep(2000)
        expect(await cluster.lab.holders()).toEqual(['node2'])
        expect((await cluster.hb('node1', 'status')).out.replace(/\s+/g, ' ')).toContain('node2 holds it')
      },
    ))
}

test('a failed start on both nodes ends in a stated halt; hb clear ends it', () =>
  withCluster({ haresources: `node1 ${group} it\n`, scripts: { it: failing } }, async (cluster) => {
    await cluster.start('node1', 'node2')
    await waitFor(
      'the halt',
      25_000,
      () => cluster.hb('node1', 'status'),
      (r) => r.out.includes('halted: it failed on both'),
    )
    expect(await cluster.lab.holders()).toEqual([])
    await cluster.lab.put('all', '/etc/ha.d/resource.d', 'it', plain, 0o755)
    expect((await cluster.hb('node2', 'clear')).code).toBe(0)
    await cluster.heldBy(['node1'], 8000)
  }))

test('what was started before a start that fails is released in reverse order', () =>
  withCluster(
    {
      haresources: `node1 ${group} one two it three\n`,
      scripts: { one: noting('one'), two: noting('two'), it: plain },
    },
    async (cluster) => {
      await cluster.lab.put('all', '/etc/ha.d/resource.d', 'three', noting('three'), 0o755)
      await cluster.lab.put('node1', '/etc/ha.d/resource.d', 'it', failing, 0o755)
      await cluster.start('node1', 'node2')
      await cluster.heldBy(['node2'], 20_000)
      const calls = async (host: string) => (await cluster.lab.run('exec', host, 'cat', '/var/log/calls')).split('\n')
      expect(await calls('node1')).toEqual(['start one', 'start two', 'stop three', 'stop two', 'stop one', ''])
      expect(await calls('node2')).toEqual(['start one', 'start two', 'start three', ''])
    },
  ))

test.concurrent('a stop that fails is repeated, then blocks the group: it is taken nowhere else, and every surface says so', () =>
  withRunning({ haresources: `node1 ${group} it\n`, scripts: { it: plain } }, async (cluster) => {
    await cluster.lab.put('node1', '/etc/ha.d/resource.d', 'it', unstoppable, 0o755)
    const { code, err } = await cluster.hb('node1', 'standby')
    expect(code).toBe(1)
    expect(err).toContain('could not be stopped')
    expect((await cluster.lab.run('exec', 'node1', 'grep', '-c', 'stop', '/var/log/stops')).trim()).toBe('11')
    await Bun.sleep(deadtimeMs + 1000)
    expect(await cluster.lab.holders()).toEqual(['node1'])
    for (const host of ['node1', 'node2']) {
      expect(await cluster.words(host)).toContain('taken nowhere else')
      expect((await cluster.status(host))!.warnings.join()).toContain('taken nowhere else')
      expect(await cluster.read(host, '/')).toContain('taken nowhere else')
    }
    expect(await cluster.read('node1', '/metrics')).toContain(`hb_group_state{group="${group}",state="stop-failed"} 1`)
    expect(await cluster.read('node1', '/readyz')).toStartWith('not ready')
    const log = await cluster.lab.run('exec', 'node1', 'grep', 'could not be stopped', '/var/log/ha-log')
    expect(log.split('\n').filter((line) => line.includes('ERROR')).length).toBe(11)
    // Nor is it taken when the daemon is to end: it stays, and says why.
    expect(await cluster.hb('node1', 'stop', '--timeout', '20s')).toMatchObject({ code: 1 })
    expect(await cluster.lab.holders()).toEqual(['node1'])
    await cluster.lab.put('node1', '/etc/ha.d/resource.d', 'it', plain, 0o755)
    expect((await cluster.hb('node1', 'clear')).code).toBe(0)
  }))

test.concurrent('stop_failure reboot: a host that cannot stop a group is restarted at once, and the other one takes it', () =>
  withRunning(
    { haresources: `node1 ${group} it\n`, hbcf: 'stop_failure reboot\n', scripts: { it: plain } },
    async (cluster) => {
      await cluster.lab.put('node1', '/etc/ha.d/resource.d', 'it', unstoppable, 0o755)
      await cluster.lab.ask('exec', 'node1', executable, 'standby')
      await cluster.heldBy(['node2'], deadtimeMs + 3 * slackMs)
      expect(await cluster.lab.run('status')).toMatch(/node1 +dead/)
      const log = await cluster.lab.run('path', 'node1', '/var/log/ha-log')
      expect(await Bun.file(log.trim()).text()).toContain('this machine is restarted')
    },
  ))

test('a watchdog is fed by the decision loop and told of an end in good order', () =>
  withRunning({ extra: ['watchdog /var/log/dog'] }, async (cluster) => {
    const size = async () => Number(await cluster.lab.run('exec', 'node1', 'stat', '-c', '%s', '/var/log/dog'))
    const before = await size()
    await Bun.sleep(2000)
    expect((await size()) - before).toBeWithin(6, 16)
    await cluster.lab.run('signal', 'node1', 'hb', 'STOP')
    const frozen = await size()
    await Bun.sleep(600)
    expect(await size()).toBe(frozen)
    await cluster.lab.run('signal', 'node1', 'hb', 'CONT')
    await Bun.sleep(1000)
    await cluster.hb('node1', 'stop')
    const last = () => cluster.lab.run('exec', 'node1', 'tail', '-c', '1', '/var/log/dog')
    await waitFor('the letter V', 4000, last, (letter) => letter === 'V')
  }))
