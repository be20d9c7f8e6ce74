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

/** Works while there is no file /run/broken, in the eyes of its monitor. */
const ask = '#!/bin/sh\n[ ! -e /run/broken ]\n'
const plain =
  '#!/bin/sh\ncase $1 in status) [ -e /run/it ] && echo running || echo stopped ;; start) touch /run/it ;; stop) rm -f /run/it ;; esac\n'
const asked = (rest: string) => `monitor it every 300ms timeout 2 fail 2 ${rest} via script /etc/ha.d/resource.d/ask\n`
const broken = async (cluster: Cluster, is: boolean, ...hosts: string[]) => {
  for (const host of hosts) await cluster.lab.run('exec', host, ...(is ? ['touch'] : ['rm', '-f']), '/run/broken')
}
const logged = async (cluster: Cluster, host: string, level: string, words: string) => {
  const { out } = await cluster.lab.ask('exec', host, 'grep', words, '/var/log/ha-log')
  return out.split('\n').filter((line) => line.includes(`${level}:`)).length
}

test('a group that failed everywhere is not thrown back and forth: a growing pause, visible in status, which hb clear ends', () =>
  withRunning(
    { haresources: `node1 ${group} it\n`, hbcf: asked('restarts 0'), scripts: { it: plain, ask } },
    async (cluster) => {
      const pause = async (host: string) =>
        Number(
          /another (\d+) s/.exec(
            await cluster.says(host, /back from a live node for another \d+ s, or until hb clear/),
          )![1],
        )
      await broken(cluster, true, 'node1', 'node2')
      await cluster.heldBy(['node2'], 10_000)
      const movedMs = performance.now()
      expect(await pause('node1')).toBeWithin(20, 31)
      // It fails there, too; each of the two knows that of the other.
      await cluster.says('node2', 'its monitor fails')
      await cluster.says('node2', 'kept here, since node1 is not fit for it: it failed there too')
      await cluster.heldBy(['node1'], 40_000)
      expect(performance.now() - movedMs).toBeGreaterThan(25_000)
      await cluster.says('node1', 'its monitor fails (2 times)')
      await cluster.heldBy(['node2'], 40_000)
      expect(await pause('node1')).toBeWithin(45, 61)
      // Each time it was said loudly, and once.
      expect(await logged(cluster, 'node2', 'ERROR', 'kept here, since node1')).toBeWithin(1, 3)
      expect((await cluster.hb('node2', 'clear')).code).toBe(0)
      await cluster.heldBy(['node1'], 10_000)
    },
  ))

test('two hb tell each other whether they are fit: where a group could not be started it is not handed to', () =>
  withCluster(
    { haresources: `node2 ${group} it\n`, hbcf: asked('restarts 1 within 60'), scripts: { it: plain, ask } },
    async (cluster) => {
      const failing = '#!/bin/sh\necho "$1" >>/var/log/calls\n[ "$1" != start ] || exit 1\necho stopped\n'
      await cluster.lab.put('node2', '/etc/ha.d/resource.d', 'it', failing, 0o755)
      await cluster.start('node1', 'node2')
      await cluster.heldBy(['node1'], 20_000)
      await broken(cluster, true, 'node1')
      await cluster.says('node1', 'kept here, since node2 is not fit for it: it failed there too')
      await Bun.sleep(3000)
      expect(await cluster.lab.holders()).toEqual(['node1'])
      const starts = await cluster.lab.run('exec', 'node2', 'grep', '-c', 'start', '/var/log/calls')
      expect(starts.trim()).toBe('1')
      await broken(cluster, false, 'node1')
      await waitFor(
        'good words',
        10_000,
        () => cluster.words('node1'),
        (text) => !text.includes('kept here'),
      )
    },
  ))

test('without a healthy peer the group is kept, and that is said loudly: in status, on the page and in the log', () =>
  withRunning(
    { haresources: `node1 ${group} it\n`, hbcf: asked('restarts 1 within 60'), scripts: { it: plain, ask } },
    async (cluster) => {
      await cluster.lab.run('kill', 'node2')
      await broken(cluster, true, 'node1')
      const said = 'kept here, since there is no other live node'
      await cluster.says('node1', said)
      expect((await cluster.status('node1'))!.warnings.join()).toContain(said)
      expect(await cluster.read('node1', '/')).toContain(said)
      expect(await cluster.read('node1', '/metrics')).toContain(`hb_group_trouble{group="${group}"} 1`)
      await Bun.sleep(2000)
      expect(await cluster.lab.holders()).toEqual(['node1'])
      expect(await logged(cluster, 'node1', 'ERROR', said)).toBe(1)
      expect((await counters(cluster, 'node1')).monitor_restarts).toBe(1)
    },
  ))

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
