/**
 * A host to install packages on: namespaces of its own with a root directory, a network card eth0 (10.0.0.1) and a first
 * process that buries the dead, as the daemon's init script expects of one.
 */
import { rmSync } from 'node:fs'
import { childOf } from './hosts.ts'

const NETWORK = `ip link set lo up; ip link add eth0 type veth peer name peer0; ip address add 10.0.0.1/24 dev eth0
  ip link set eth0 up; ip link set peer0 up; hostname alpha`

/** A copy on write of this machine's own root directory. */
export const THIS_MACHINE = `mount -t overlay overlay -o lowerdir=/,upperdir=$folder/upper,workdir=$folder/work $root
  mount --rbind /dev $root/dev`

export interface Said {
  readonly code: number
  /** Standard output and standard error together. */
  readonly text: string
}

export class PackageHost {
  readonly root: string
  readonly #folder: string
  readonly #keeper: Bun.Subprocess<'ignore', 'pipe', 'pipe'>

  /**
   * @param folder the host's, removed with it
   * @param mounts shell commands that make $root, a folder named root inside it
   */
  constructor(folder: string, mounts: string) {
    this.#folder = folder
    this.root = `${folder}/root`
    /* Not exec: this shell waits for its child, and with it for every process that comes to it. */
    const script = `folder=$1; root=$folder/root; mkdir -p $root $folder/upper $folder/work
      ${mounts}\n${NETWORK}\nmount -t proc proc $root/proc\necho ready; sleep 600; exit 0`
    const namespaces = ['unshare', '--mount', '--uts', '--net', '--pid', '--fork', '--kill-child']
    const cmd = [...namespaces, 'sh', '-ec', script, 'sh', folder]
    this.#keeper = Bun.spawn({ cmd, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  }

  /** Resolves when the host is there. */
  async ready(): Promise<void> {
    const { value } = await this.#keeper.stdout.getReader().read()
    if (new TextDecoder().decode(value).includes('ready')) return
    throw new Error(`the host cannot be made: ${await new Response(this.#keeper.stderr).text()}`)
  }

  /** Runs a line of shell beside the host's root directory, which it knows as $root. */
  outside(line: string): Said {
    const enter = ['nsenter', '-t', `${childOf(this.#keeper.pid)}`, '--mount', '--uts', '--net', '--pid']
    const env = {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/',
      LC_ALL: 'C',
      root: this.root,
      DEBIAN_FRONTEND: 'noninteractive',
    }
    const cmd = [...enter, 'sh', '-c', `exec 2>&1\n${line}`]
    const done = Bun.spawnSync({ cmd, env, cwd: '/', stdin: 'ignore', stdout: 'pipe', stderr: 'pipe', timeout: 60_000 })
    return { code: done.exitCode ?? 124, text: done.stdout.toString() }
  }

  /** Runs a line of shell on the host. */
  run(line: string): Said {
    return this.outside(`exec chroot $root sh -c '${line.replaceAll("'", `'\\''`)}'`)
  }

  /** The same, for a line that must succeed; what it said, without the end of the last line. */
  must(line: string): string {
    const { code, text } = this.run(line)
    if (code !== 0) throw new Error(`exit code ${code}: ${line}\n${text}`)
    return text.trimEnd()
  }

  holds(address: string): boolean {
    return this.outside('ip -4 -o address show dev eth0').text.includes(` ${address}/`)
  }

  /** The executable that a process of the host runs; "(deleted)" stands behind one that has been replaced. */
  executableOf(pid: string): string {
    return this.run(`readlink /proc/${pid}/exe`).text.trim()
  }

  close(): void {
    this.#keeper.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
