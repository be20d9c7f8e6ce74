import { expect, test } from 'bun:test'
import { type Cluster, executable, serviceAddress, twoLinks, waitFor, withRunning } from '../e2e/harness.ts'

const [first, second] = [`${serviceAddress}/24/eth0`, '10.77.0.101/24/eth0']

interface Node {
  readonly lateBeats: number
  readonly generation: number
  readonly deadtimeSeconds: number
}
const seenBy = async (cluster: Cluster, host: string, of: string) =>
  (await cluster.status(host))!.nodes.find((n) => n.node === of) as unknown as Node

/** Changes the configuration of both hosts and reloads both; nobody's beats may come late. */
async function reloadBoth(cluster: Cluster, how: 'verb' | 'signal'): Promise<void> {
  const before = await seenBy(cluster, 'node2', 'node1')
  for (const host of ['node1', 'node2']) {
    if (how === 'signal') await cluster.lab.run('signal', host, 'hb', 'HUP')
    else expect(await cluster.hb(host, 'reload')).toMatchObject({ code: 0, err: '' })
  }
  await Bun.sleep(2000)
  const after = await seenBy(cluster, 'node2', 'node1')
  expect([after.lateBeats, after.generation]).toEqual([before.lateBeats, before.generation])
}

test.each(['off', 'legacy'] as const)(
  'an added group starts where it belongs, a removed one stops, an unchanged one is not touched (auto_failback %s)',
  (autoFailback) =>
    withRunning({ autoFailback }, async (cluster) => {
      const probe = cluster.lab.probe(40)
      await probe.ready
      await cluster.put('all', 'haresources', `node1 ${first}\nnode2 ${second}\n`)
      await reloadBoth(cluster, 'verb')
      expect(await cluster.agreed(10_000)).toEqual({ [first]: 'node1', [second]: 'node2' })
      await cluster.put('all', 'haresources', `node1 ${first}\n`)
      await reloadBoth(cluster, 'signal')
      expect(await cluster.agreed(10_000)).toEqual({ [first]: 'node1' })
      expect(await cluster.lab.holders('10.77.0.101')).toEqual([])
      const outage = await probe.end()
      expect(outage.hosts).toEqual(['node1'])
      expect(outage.outageMs!).toBeLessThan(150)
    }),
)

test('changed timers, links and monitors take effect, and not one heartbeat is late', () =>
  withRunning({}, async (cluster) => {
    await cluster.configure({
      media: twoLinks,
      extra: ['max_rexmit_delay 200'],
      hbcf: `monitor ${first} every 1 via status\n`,
    })
    await reloadBoth(cluster, 'verb')
    const links = await waitFor(
      'both links up',
      10_000,
      async () => (await cluster.status('node1'))!.nodes.find((n) => n.node === 'node2')!.links,
      (l) => l.length === 2 && l.every(({ state }) => state === 'up'),
    )
    expect(links.map((l) => l.name).toSorted()).toEqual(['eth0', 'eth1'])
    const { out } = await cluster.hb('node1', 'status')
    expect(out).toContain(`monitor of ${first} via status: well`)
    const file = (await cluster.lab.run('exec', 'node1', 'cat', '/etc/ha.d/ha.cf')).replace(
      'deadtime 1000ms',
      'deadtime 3000ms',
    )
    await cluster.put('all', 'ha.cf', file)
    await reloadBoth(cluster, 'verb')
    expect((await seenBy(cluster, 'node2', 'node1')).deadtimeSeconds).toBe(3)
  }))

test('keys are rolled over without a late beat', () =>
  withRunning({}, async (cluster) => {
    for (const keys of [
      'auth 1\n1 sha1 labsecret\n2 sha1 new\n',
      'auth 2\n1 sha1 labsecret\n2 sha1 new\n',
      'auth 2\n2 sha1 new\n',
    ]) {
      await cluster.put('all', 'authkeys', keys)
      await reloadBoth(cluster, 'verb')
    }
    expect(await cluster.agreed(10_000)).toEqual({ [first]: 'node1' })
  }))

test('a bad file changes nothing, and status says why; each error is a line of the log', () =>
  withRunning({}, async (cluster) => {
    await cluster.put('node1', 'haresources', `node1 ${first}\nnode9 ${second}\nnode8 10.77.0.102/24/eth0\n`)
    const { code, err } = await cluster.hb('node1', 'reload')
    expect(code).toBe(1)
    expect(err).toContain('haresources:2:1')
    const { out } = await cluster.hb('node1', 'status')
    expect(out.replace(/\s+/g, ' ')).toContain('the last reload was refused, the earlier configuration is in force')
    expect(await cluster.lab.holders()).toEqual(['node1'])
    const log = await cluster.lab.run('exec', 'node1', 'grep', '-c', 'reload: .*haresources:[23]:1', '/var/log/ha-log')
    expect(log.trim()).toBe('2')
    await cluster.put('node1', 'haresources', `node1 ${first}\n`)
    expect((await cluster.hb('node1', 'reload')).code).toBe(0)
    expect((await cluster.hb('node1', 'status')).out).not.toContain('refused')
  }))

test('SIGHUP opens a rotated log file anew, also when the configuration is wrong', () =>
  withRunning({}, async (cluster) => {
    const sh = async (script: string) => (await cluster.lab.run('exec', 'node1', 'sh', '-c', script)).trim()
    for (const wrong of ['', 'nonsense 1']) {
      await sh(`mv /var/log/ha-log /var/log/ha-log.1; echo "${wrong}" >>/etc/ha.d/ha.cf`)
      await cluster.lab.run('signal', 'node1', 'hb', 'HUP')
      await waitFor('a line in the new file', 4000, () => sh('cat /var/log/ha-log 2>/dev/null || true'))
      const old = await sh('wc -l </var/log/ha-log.1')
      await cluster.lab.run('signal', 'node1', 'hb', 'USR1')
      await waitFor(
        'one more',
        4000,
        () => sh('cat /var/log/ha-log'),
        (text) => text.includes('debug level'),
      )
      expect(await sh('wc -l </var/log/ha-log.1')).toBe(old)
    }
    expect(await sh('cat /var/log/ha-log')).toContain('unknown directive')
  }))

test('a node is added by a reload, and removed once it is stopped; nothing moves', () =>
  withRunning({}, async (cluster) => {
    const text = await cluster.lab.run('exec', 'node1', 'cat', '/etc/ha.d/ha.cf')
    const nodes = async () => (await cluster.status('node1'))!.nodes.map((n) => `${n.node} ${n.state}`)
    const reload = async (list: string) => {
      await cluster.put('node1', 'ha.cf', text.replace('node node1 node2', list))
      return cluster.hb('node1', 'reload')
    }
    expect(await reload('node node1 node2 node3')).toMatchObject({ code: 0 })
    expect(await nodes()).toEqual(['node1 active', 'node2 active', 'node3 dead'])
    expect(await reload('node node1')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/node node2 is to go and is active: stop it there first/),
    })
    expect(await nodes()).toEqual(['node1 active', 'node2 active', 'node3 dead'])
    expect(await reload('node node1 node2')).toMatchObject({ code: 0 })
    expect(await nodes()).toEqual(['node1 active', 'node2 active'])
    await cluster.hb('node2', 'stop')
    await waitFor('node2 gone', 6000, nodes, (list) => list.includes('node2 dead'))
    expect(await reload('node node1')).toMatchObject({ code: 0 })
    expect(await nodes()).toEqual(['node1 active'])
    expect(await cluster.lab.holders()).toEqual(['node1'])
  }))

test('what changed in the files before hb upgrade is applied after it: a removed group stops, an added one starts', () =>
  withRunning({}, async (cluster) => {
    await cluster.put('all', 'haresources', `node1 ${second}\n`)
    const { code, err } = await cluster.hb('node1', 'upgrade', executable)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    await cluster.heldBy(['node1'], 8000, '10.77.0.101')
    await cluster.heldBy([], 8000, serviceAddress)
  }))

test('hb upgrade refuses files that this node could not take in while it runs', () =>
  withRunning({}, async (cluster) => {
    const text = await cluster.lab.run('exec', 'node1', 'cat', '/etc/ha.d/ha.cf')
    await cluster.put('node1', 'ha.cf', text.replace('auto_failback off', 'auto_failback legacy'))
    const { code, err } = await cluster.hb('node1', 'upgrade', executable)
    expect(code).toBe(1)
    expect(err).toMatch(/auto_failback off cannot become legacy while hb runs/)
    expect(await cluster.lab.holders()).toEqual(['node1'])
  }))

test('a stonith device that a reload brings is used when the other node dies', () =>
  withRunning({}, async (cluster) => {
    const sh = async (script: string) => cluster.lab.run('exec', 'node1', 'sh', '-c', script)
    await sh('echo "stonith_host * null node2" >>/etc/ha.d/ha.cf')
    expect(await cluster.hb('node1', 'reload')).toMatchObject({ code: 0 })
    await cluster.lab.run('off', 'node2')
    await waitFor(
      'the attempt',
      6000,
      () => sh('cat /var/log/ha-log'),
      (text) => text.includes('Resetting node node2, attempt 1'),
    )
  }))
