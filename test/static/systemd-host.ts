/**
 * A copy on write of this machine with a systemd of its own as the first process, in namespaces and in a control group of
 * its own. Its network card eth0 has 10.0.0.1.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { childOf, until } from './hosts.ts'
import type { Said } from './package-host.ts'

const BOOT_MS = 60_000

/* What the cluster's hosts have in common with a machine: file systems of the kernel, a few devices, no way out. */
const START = `folder=$1; root=$folder/root; groups=$folder/groups; mkdir -p $root $folder/upper $folder/work $groups
mount -t cgroup2 cgroup2 $groups; mkdir $groups/$2; echo $$ > $groups/$2/cgroup.procs
mount -t overlay overlay -o lowerdir=/,upperdir=$folder/upper,workdir=$folder/work $root
hostname alpha; echo alpha > $root/etc/hostname
ip link set lo up; ip link add eth0 type veth peer name peer0; ip address add 10.0.0.1/24 dev eth0
ip link set eth0 up; ip link set peer0 up
cd $root
mount -t proc proc proc; mount -t sysfs sysfs sys
for d in run dev tmp; do mount -t tmpfs t $d; done
for f in null zero random urandom tty full; do touch dev/$f; mount --bind /dev/$f dev/$f; done
ln -s /proc/self/fd dev/fd; mkdir .old
exec unshare --cgroup sh -ec 'mount -t cgroup2 cgroup2 sys/fs/cgroup; pivot_root . .old
  exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /.old/bin/sh -c "umount -l /.old; exec /lib/systemd/systemd --unit=multi-user.target"'`

export class SystemdHost {
  readonly #folder: string
  readonly #group: string
  readonly #keeper: Bun.Subprocess<'ignore', 'pipe', 'pipe'>

  /** @param folder the host's, removed with it; what lies in its upper/ is on the host beside this machine's own files */
  constructor(folder: string) {
    this.#folder = folder
    this.#group = `hb-test-${process.pid}-${Date.now()}`
    mkdirSync(folder, { recursive: true })
    const namespaces = ['unshare', '--mount', '--uts', '--net', '--pid', '--ipc', '--fork', '--kill-child']
    const cmd = [...namespaces, 'sh', '-ec', START, 'sh', folder, this.#group]
    this.#keeper = Bun.spawn({ cmd, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  }

  /** Resolves when systemd has started everything. */
  async booted(): Promise<void> {
    const up = () => /^(running|degraded)/.test(this.run('systemctl is-system-running 2> /dev/null').text)
    try {
      await until('systemd has booted', BOOT_MS, up)
    } catch (error) {
      this.#keeper.kill('SIGKILL')
      throw new Error(`${(error as Error).message}: ${await new Response(this.#keeper.stderr).text()}`)
    }
  }

  /** Runs a line of shell on the host. */
  run(line: string): Said {
    const namespaces = ['--mount', '--uts', '--net', '--pid', '--ipc', '--cgroup', '--root', '--wd']
    const cmd = ['nsenter', '-t', `${childOf(this.#keeper.pid)}`, ...namespaces, 'sh', '-c', `exec 2>&1\n${line}`]
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
    const done = Bun.spawnSync({ cmd, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe', timeout: 60_000 })
    return { code: done.exitCode ?? 124, text: done.stdout.toString() }
  }

  /** The same, for a line that must succeed; what it said, without the end of the last line. */
  must(line: string): string {
    const { code, text } = this.run(line)
    if (code !== 0) throw new Error(`exit code ${code}: ${line}\n${text}`)
    return text.trimEnd()
  }

  /** One property of a unit. */
  property(unit: string, name: string): string {
    return this.must(`systemctl show --value -p ${name} ${unit}`)
  }

  holds(address: string): boolean {
    return this.run('ip -4 -o address show dev eth0').text.includes(` ${address}/`)
  }

  async close(): Promise<void> {
    this.#keeper.kill('SIGKILL')
    await this.#keeper.exited
    /* A control group outlives its processes, and they need a moment to be gone. */
    const remove = `mount -t cgroup2 cgroup2 "$1"; for i in 1 2 3 4 5 6 7 8 9 10; do
      find "$1/$2" -depth -type d -exec rmdir {} + 2> /dev/null; [ -d "$1/$2" ] || exit 0; sleep 0.2; done; exit 1`
    const cmd = ['unshare', '--mount', 'sh', '-c', remove, 'sh', `${this.#folder}/groups`, this.#group]
    const { exitCode } = Bun.spawnSync(cmd)
    rmSync(this.#folder, { recursive: true, force: true })
    if (exitCode !== 0) throw new Error(`the control group ${this.#group} is left`)
  }
}
