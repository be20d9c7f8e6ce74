import { expect, test } from 'bun:test'
import { type Cluster, waitFor, withRunning } from '../e2e/harness.ts'

const group = '10.77.0.100/24/eth0'
const haresources = `node1 ${group} web\nnode1 10.77.0.101/24/eth0\n`
/** A web server that can be told to hang: a resource script of heartbeat's kind. */
const script = `#!/bin/sh
pid=/run/web.pid
case $1 in
start) setsid ${process.execPath} -e 'Bun.serve({port: 8080, fetch: () => new Response("ok")})' </dev/null >/dev/null 2>&1 & echo $! >$pid; exit 0 ;;
stop) [ ! -e $pid ] || kill -9 "$(cat $pid)" 2>/dev/null; rm -f $pid; exit 0 ;;
status) if [ -e $pid ] && kill -0 "$(cat $pid)" 2>/dev/null; then echo running; else echo stopped; fi ;;
esac
`
const monitor = (via: string) => `monitor web every 500ms timeout 400ms fail 3 restarts 1 within 60 via ${via}\n`

async function watched(via: string, work: (cluster: Cluster) => Promise<void>): Promise<void> {
  const hbcf = monitor(via)
  await withRunning({ haresources, hbcf, scripts: { web: script } }, work)
}

const web = (cluster: Cluster, host: string, signal: string) =>
  cluster.lab.ask('exec', host, 'sh', '-c', `kill -${signal} "$(cat /run/web.pid)"`)

const counters = async (cluster: Cluster, host: string) => (await cluster.status(host))?.counters ?? {}

for (const via of [
  'tcp 127.0.0.1:8080',
  'http http://127.0.0.1:8080/ expect 200',
  'status',
  'script /etc/ha.d/resource.d/ask',
]) {
  test(`via ${via}: a service that dies alone is started anew in place`, () =>
    watched(via, async (cluster) => {
      await cluster.lab.put('all', '/etc/ha.d/resource.d', 'ask', '#!/bin/sh\nkill -0 "$(cat /run/web.pid)"\n', 0o755)
      await web(cluster, 'node1', 'KILL')
      await waitFor(
        'a restart',
        10_000,
        () => counters(cluster, 'node1'),
        (c) => (c.monitor_restarts ?? 0) === 1,
      )
      await Bun.sleep(2500)
      expect(await cluster.lab.holders()).toEqual(['node1'])
      const status = await cluster.lab.ask('exec', 'node1', 'sh', '-c', 'kill -0 "$(cat /run/web.pid)"')
      expect(status.code).toBe(0)
    }))
}

test('a service that cannot be kept alive moves with its group, and the other groups stay', () =>
  watched('tcp 127.0.0.1:8080', async (cluster) => {
    await cluster.lab.run(
      'exec',
      'node1',
      'sh',
      '-c',
      'echo "#!/bin/sh\nexit 0" > /etc/ha.d/resource.d/web.new; chmod 755 /etc/ha.d/resource.d/web.new',
    )
    await web(cluster, 'node1', 'KILL')
    // Started anew, it does nothing: its monitor goes on failing.
    await cluster.lab.run('exec', 'node1', 'sh', '-c', 'mv /etc/ha.d/resource.d/web.new /etc/ha.d/resource.d/web')
    await cluster.heldBy(['node2'], 15_000)
    expect(await cluster.lab.holders('10.77.0.101')).toEqual(['node1'])
    const status = (await cluster.hb('node1', 'status')).out
    expect(status).toContain('not taken back from a live node')
  }))
