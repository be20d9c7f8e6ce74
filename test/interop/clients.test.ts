/** heartbeat's own tools against hb, and hb's against heartbeat: the same words for the same situation. */
import { expect, test } from 'bun:test'
import { Cluster, executable, waitFor } from '../e2e/harness.ts'
import { Lab } from '../lab/lab.ts'

const tool = '/run/lab/cl_status'
const daemons = { node1: 'hb', node2: 'heartbeat' } as const
type Host = keyof typeof daemons

/** Every verb, with and without sentences, with right and wrong words. */
const calls: readonly (readonly string[])[] = ['', '-m'].flatMap((human) =>
  [
    'hbstatus',
    'hbstatus -v',
    'listnodes',
    'listnodes -n',
    'listnodes -p',
    'listnodes -v',
    'nodestatus node1',
    'nodestatus NODE2',
    'nodestatus 10.77.0.200',
    'nodestatus nobody',
    'nodestatus',
    'nodetype node2',
    'nodetype 10.77.0.200',
    'nodeweight node1',
    'nodesite node1',
    'nodesite nobody',
    'listhblinks node2',
    'listhblinks -v node1',
    'listhblinks nobody',
    'hblinkstatus node2 eth0',
    'hblinkstatus node2 eth7',
    'hblinkstatus node2',
    'clientstatus node1 thing',
    'clientstatus node2 thing',
    'clientstatus nobody thing',
    'rscstatus',
    'hbparameter -p keepalive',
    'hbparameter -p deadtime',
    'hbparameter -p initdead',
    'hbparameter -p auto_failback',
    'hbparameter -p udpport',
    'hbparameter -p logfile',
    'hbparameter -p use_logd',
    'hbparameter -p compression',
    'hbparameter -p node',
    'hbparameter -p',
    'hbparameter',
    'test',
    'nosuch',
    'nodestatus -x node1',
    'listnodes -x',
  ].map((words) => [...words.split(' '), ...(human === '' ? [] : [human])]),
)

/** What a run said, without the time, the process number, and who the daemon is. */
async function say(cluster: Cluster, host: Host, program: string, call: readonly string[]): Promise<string> {
  const { code, out, err } = await cluster.lab.ask('exec', host, program, ...call)
  const words = err.replace(/^\w{3} \d\d [\d:]{8} \S+ cl_status: \[\d+\]/gm, 'LOG')
  return `${out}${words}exit ${code}`.replace(/3\.0\.6 \((node|hb)[^)]*\)/g, 'VERSION').replaceAll(host, 'HERE')
}

async function mixed(
  extra: readonly string[],
  work: (cluster: Cluster) => Promise<void>,
  script?: string,
): Promise<void> {
  const cluster = new Cluster(new Lab(`c${process.pid % 100_000}`))
  await cluster.lab.up(2)
  try {
    const haresources = 'node1 10.77.0.100/24/eth0\nnode2 10.77.0.101/24/eth0\n'
    const media = ['bcast eth0', 'bcast eth1']
    await cluster.configure({ extra: ['ping 10.77.0.200', ...extra], haresources, media })
    for (const host of ['node1', 'node2'] as const) {
      // heartbeat looks into rc.d once only.
      if (script !== undefined) await cluster.lab.put(host, '/etc/ha.d/rc.d', 'mine', script, 0o755)
      await cluster.lab.run('start', host, daemons[host])
      await cluster.lab.run('exec', host, 'mkdir', '-p', '/run/lab')
      await cluster.lab.run('exec', host, 'ln', '-s', executable, tool)
    }
    await cluster.heldBy(['node1'], 30_000)
    await cluster.heldBy(['node2'], 30_000, '10.77.0.101')
    const hosts = ['node1', 'node2'] as const
    await waitFor('both at rest', 20_000, async () => {
      const said = await Promise.all(hosts.map((h) => say(cluster, h, 'cl_status', ['rscstatus'])))
      return said.every((s) => s === 'local\nexit 0')
    })
    // A daemon is at rest before it has heard every node, itself too, on its second link.
    const links = hosts.flatMap((h) =>
      hosts.flatMap((node) => media.map((m) => [h, node, m.split(' ')[1] ?? ''] as const)),
    )
    await waitFor('both see every link', 20_000, async () => {
      const said = await Promise.all(
        links.map(([h, node, link]) => say(cluster, h, 'cl_status', ['hblinkstatus', node, link])),
      )
      return said.every((s) => s === 'up\nexit 0')
    })
    await work(cluster)
  } catch (error) {
    console.error(await cluster.logs())
    throw error
  } finally {
    await cluster.lab.down()
  }
}

test('cl_status, theirs and ours, says the same of heartbeat and of hb', () =>
  mixed([], async (cluster) => {
    for (const call of calls) {
      const said = {
        theirsOfHeartbeat: await say(cluster, 'node2', 'cl_status', call),
        oursOfHeartbeat: await say(cluster, 'node2', tool, call),
        theirsOfHb: await say(cluster, 'node1', 'cl_status', call),
        oursOfHb: await say(cluster, 'node1', tool, call),
      }
      // Both hosts are asked about the same nodes, of which another one is the local one.
      const byName = (text: string, host: Host) => text.replaceAll('HERE', host)
      const truth = byName(said.theirsOfHeartbeat, 'node2').replace('mynodeid: node2', 'mynodeid: node1')
      expect({ call, text: byName(said.oursOfHeartbeat, 'node2') }).toEqual({
        call,
        text: byName(said.theirsOfHeartbeat, 'node2'),
      })
      expect({ call, text: byName(said.theirsOfHb, 'node1') }).toEqual({ call, text: truth })
      expect({ call, text: byName(said.oursOfHb, 'node1') }).toEqual({ call, text: truth })
    }
  }))

test('the socket, the pid file and the FIFO are where and as heartbeat has them', () =>
  mixed([], async (cluster) => {
    const look = async (host: Host) => {
      const files = ['/run/heartbeat', '/run/heartbeat/register', '/run/heartbeat.pid', '/var/lib/heartbeat/fifo']
      return (await cluster.lab.run('exec', host, 'stat', '-c', '%n %F %a %U %G', ...files)).trim()
    }
    expect(await look('node1')).toBe(await look('node2'))
    const pid = (host: Host) => cluster.lab.run('exec', host, 'cat', '/run/heartbeat.pid')
    expect((await pid('node1')).length).toBe((await pid('node2')).length)
    await cluster.lab.run('stop', 'node1', 'hb')
    const { out } = await cluster.lab.ask('exec', 'node1', 'ls', '/run/heartbeat/register', '/run/heartbeat.pid')
    expect(out).toBe('')
  }))

test('heartbeat’s scripts hb_standby and hb_takeover work on hb, through the FIFO', () =>
  mixed([], async (cluster) => {
    await cluster.lab.run('exec', 'node1', '/usr/share/heartbeat/hb_standby', 'local')
    await cluster.heldBy(['node2'], 15_000)
    await waitFor(
      'rest',
      15_000,
      async () => (await say(cluster, 'node1', 'cl_status', ['rscstatus'])) === 'none\nexit 0',
    )
    await cluster.lab.run('exec', 'node1', '/usr/share/heartbeat/hb_takeover', 'local')
    await cluster.heldBy(['node1'], 15_000)
  }))

const note = '#!/bin/sh\nenv | grep "^HA_" | sort >"/var/log/note.$HA_n"\n'

test('notifications run a site’s scripts with the environment that heartbeat gives them', () =>
  mixed(
    [],
    async (cluster) => {
      const message = '>>>\\nt=mine\\nn=1\\n<<<\\n'
      await cluster.lab.run('exec', 'node2', 'sh', '-c', `printf '${message}' >/var/lib/heartbeat/fifo`)
      const read = (host: Host) =>
        waitFor('the note', 10_000, async () => (await cluster.lab.ask('exec', host, 'cat', '/var/log/note.1')).out)
      const names = (text: string) => text.split('\n').map((line) => line.split('=')[0]!)
      const [hb, heartbeat] = [await read('node1'), await read('node2')]
      expect(names(heartbeat).filter((name) => !names(hb).includes(name))).toEqual([])
      for (const field of ['HA_t=mine', 'HA_n=1', 'HA_src=node2', 'HA_OSTATUS=active', 'HA_CURHOST=node1']) {
        expect(hb.split('\n')).toContain(field)
      }
    },
    note,
  ))

test('with a heartbeat that runs the real ipfail, groups move to the node that sees more ping nodes, both ways', () =>
  mixed(['respawn hacluster /usr/libexec/heartbeat/ipfail', 'deadping 1'], async (cluster) => {
    expect(await say(cluster, 'node2', 'cl_status', ['clientstatus', 'node1', 'ipfail'])).toBe('online\nexit 0')
    expect(await say(cluster, 'node1', 'cl_status', ['clientstatus', 'node2', 'ipfail'])).toBe('online\nexit 0')
    for (const [blind, other] of [
      ['node1', 'node2'],
      ['node2', 'node1'],
    ] as const) {
      await cluster.lab.run('cut', blind, 'client', 'eth0')
      await cluster.heldBy([other], 30_000)
      await cluster.heldBy([other], 30_000, '10.77.0.101')
      await cluster.lab.run('heal')
      await waitFor(`${blind} sees the ping node again`, 15_000, async () =>
        (await say(cluster, blind, 'cl_status', ['nodestatus', '10.77.0.200'])).startsWith('ping'),
      )
      await Bun.sleep(3000)
    }
  }))
