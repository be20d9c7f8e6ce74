import { expect, test } from 'bun:test'
import { type Cluster, waitFor, withCluster, withRunning } from '../e2e/harness.ts'

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

/** Says by its text the opposite of what it says by its exit code; `code` is what it ends with when it is stopped. */
const liar = (name: string, code: number) => `#!/bin/sh
for word; do case $word in start | stop | status | monitor | is-active) op=$word ;; esac; done
state=/run/liar.${name}
case $op in
start) echo 0 >$state ;;
stop) echo ${code} >$state ;;
*) code=$(cat $state 2>/dev/null || echo ${code})
  if [ $code = 0 ]; then echo 'it is not running'; else echo 'running, OK'; fi
  exit $code ;;
esac
`

test('OCF monitor codes, LSB status codes and systemd units are judged by exit code, not by their text', () => {
  const names = { lsb: 'liar', ocf: 'ocf:lab:liar', systemd: 'systemd::liar' } as const
  const words = Object.values(names)
  const hbcf = words.map((name) => `monitor ${name} every 300ms timeout 2 fail 2 restarts 9 within 60 via status\n`)
  return withCluster({ haresources: `node1 ${group} ${words.join(' ')}\n`, hbcf: hbcf.join('') }, async (cluster) => {
    for (const host of ['node1', 'node2']) {
      for (const [directory, path, text] of [
        ['/etc/init.d', 'liar', liar('lsb', 3)],
        ['/usr/lib', 'ocf/resource.d/lab/liar', liar('ocf', 7)],
        ['/usr/bin', 'systemctl', liar('systemd', 3)],
      ] as const) {
        // The host sees its own file there, and this machine does not.
        const script =
          'o=/run/own$1; mkdir -p $o/upper $o/work && mount -t overlay o -o lowerdir=$1,upperdir=$o/upper,workdir=$o/work $1 && mkdir -p "$(dirname "$1/$2")" && printf %s "$3" >"$1/$2" && chmod 755 "$1/$2"'
        await cluster.lab.run('exec', host, 'sh', '-c', script, 'sh', directory, path, text)
      }
    }
    await cluster.start('node1', 'node2')
    await cluster.agreed()
    const well = async () => {
      const text = await cluster.words('node1')
      return words.every((name) => text.includes(`monitor of ${name} via status: well`))
    }
    await waitFor('three monitors that are content', 10_000, well)
    await Bun.sleep(1500)
    expect((await counters(cluster, 'node1')).monitor_failures ?? 0).toBe(0)
    let restarts = 0
    for (const [name, code] of [
      ['lsb', 3],
      ['lsb', 1],
      ['lsb', 4],
      ['ocf', 7],
      ['ocf', 1],
      ['systemd', 3],
    ] as const) {
      await cluster.lab.run('exec', 'node1', 'sh', '-c', `echo ${code} >/run/liar.${name}`)
      restarts++
      await waitFor(
        `a restart after ${name} has ended with ${code}`,
        6000,
        async () => (await counters(cluster, 'node1')).monitor_restarts,
        (n) => n === restarts,
      )
      await waitFor('a monitor that is content', 5000, well)
    }
    expect(await cluster.lab.holders()).toEqual(['node1'])
  })
})
