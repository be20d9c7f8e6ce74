/**
 * Two hosts that hold nothing but hb and a configuration, each a root directory, a network namespace and a PID 1:
 *
 *     alpha: eth0 10.0.0.1/24 ── veth ── beta: eth0 10.0.0.2/24         the address: 10.0.0.100
 *
 * One process keeps the namespaces; with it everything in them ends.
 */
import { expect } from 'bun:test'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildEnter, emptyRoot, hb, workFolder } from './place.ts'

export const ADDRESS = '10.0.0.100'
export type Name = 'alpha' | 'beta'
export const NAMES = ['alpha', 'beta'] as const

const NETWORK = `
  mount -t tmpfs t /run
  for host in alpha beta; do ip netns add $host; ip -n $host link set lo up; done
  ip link add eth0 netns alpha type veth peer name eth0 netns beta
  ip -n alpha address add 10.0.0.1/24 brd + dev eth0
  ip -n beta address add 10.0.0.2/24 brd + dev eth0
  for host in alpha beta; do
    ip -n $host link set eth0 up
    ip netns exec $host sh -c 'echo 1 > /proc/sys/net/ipv4/conf/all/arp_accept'
  done
  echo ready
  exec sleep 600`

const TIMING = 'keepalive 200ms\ndeadtime 1\nwarntime 500ms\ninitdead 2\n'
const HA_CF = `auto_failback off\nlogfacility none
ucast eth0 10.0.0.1\nucast eth0 10.0.0.2\nnode alpha beta\n`
const AUTHKEYS = 'auth 1\n1 sha1 a-secret-of-the-test\n'

/** What a host runs, and what serves as its processor where that is not this machine's. */
export interface Executable {
  readonly path: string
  readonly emulator: string
}

export interface HostsOptions {
  /** On hosts that are not named here, dist/hb. */
  readonly executables?: Readonly<Partial<Record<Name, Executable>>>
  /** The first lines of ha.cf. */
  readonly timing?: string
  /** Behind the address in haresources. */
  readonly resources?: string
  /** More of each root directory, before it is started. */
  readonly prepare?: (root: string) => void
  /** Shell commands before the start, with $root, in each host's own mount namespace. */
  readonly before?: string
  /** More words for the helper that enters the root: another user, an older kernel. */
  readonly enter?: readonly string[]
}

export class Hosts {
  readonly #folder = workFolder()
  readonly #enter = buildEnter(this.#folder)
  readonly #roots = new Map<Name, string>()
  readonly #options: HostsOptions
  readonly #keeper: Bun.Subprocess<'ignore', 'pipe', 'ignore'>

  constructor(options: HostsOptions = {}) {
    this.#options = options
    for (const name of NAMES) this.#roots.set(name, this.#makeRoot(options.executables?.[name]))
    const namespaces = ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child']
    const cmd = [...namespaces, 'sh', '-ec', NETWORK]
    this.#keeper = Bun.spawn({ cmd, stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' })
  }

  #makeRoot(executable?: Executable): string {
    const root = emptyRoot(this.#folder, executable?.path ?? hb())
    if (executable) copyFileSync(executable.emulator, join(root, 'cpu'))
    const config = join(root, 'etc/ha.d')
    mkdirSync(config, { recursive: true })
    const haresources = `alpha ${ADDRESS}/24/eth0 ${this.#options.resources ?? ''}\n`
    const haCf = `${this.#options.timing ?? TIMING}${HA_CF}`
    for (const [name, text] of Object.entries({ 'ha.cf': haCf, haresources, authkeys: AUTHKEYS })) {
      writeFileSync(join(config, name), text, { mode: 0o600 })
    }
    this.#options.prepare?.(root)
    return root
  }

  root(name: Name): string {
    return this.#roots.get(name)!
  }

  /** Resolves when the network is there. */
  async ready(): Promise<void> {
    const reader = this.#keeper.stdout.getReader()
    const { value } = await reader.read()
    reader.releaseLock()
    if (!new TextDecoder().decode(value).includes('ready')) throw new Error('the namespaces cannot be made')
  }

  /** Runs `hb run` on a host; the process returned is the helper outside. */
  start(name: Name): Bun.Subprocess<'ignore', 'pipe', 'pipe'> {
    const root = this.root(name)
    const script = `set -e; root=$1; shift; hostname ${name}; mount -t proc proc "$root/proc"
      ${this.#options.before ?? ''}\nexec "$@"`
    const namespaces = [
      'unshare',
      '--mount',
      '--uts',
      '--pid',
      '--fork',
      '--kill-child',
      'sh',
      '-c',
      script,
      'sh',
      root,
    ]
    const program = this.#options.executables?.[name] ? ['/cpu', '/hb'] : ['/hb']
    const words = [this.#enter, '-r', root, ...(this.#options.enter ?? []), ...program, 'run', '--config', '/etc/ha.d']
    return Bun.spawn({
      cmd: this.#inside(name, [...namespaces, ...words]),
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    })
  }

  /** The process of hb on a host, as this machine counts. */
  pid(name: Name): number {
    const pid = this.#find(name)
    if (pid === undefined) throw new Error(`hb does not run on ${name}`)
    return pid
  }

  runs(name: Name): boolean {
    return this.#find(name) !== undefined
  }

  #find(name: Name): number | undefined {
    const pids = readdirSync('/proc').map(Number)
    const program = this.#options.executables?.[name] ? '/cpu' : '/hb'
    return pids.find((pid) => pid && linkOf(pid, 'root') === this.root(name) && linkOf(pid, 'exe').endsWith(program))
  }

  /** Runs a command of this machine in a host's network and returns what it says. */
  see(name: Name, cmd: readonly string[]): string {
    const all = this.#inside(name, cmd)
    const run = Bun.spawnSync({ cmd: all, stdout: 'pipe', stderr: 'pipe', timeout: 5000, killSignal: 'SIGKILL' })
    return run.stdout.toString() + run.stderr.toString()
  }

  mac(name: Name): string {
    return this.see(name, ['cat', '/sys/class/net/eth0/address']).trim()
  }

  /** Starts a program of this machine in a host's network; it ends with the namespaces. */
  serve(name: Name, cmd: readonly string[]): Bun.Subprocess<'ignore', 'ignore', 'ignore'> {
    return Bun.spawn({ cmd: this.#inside(name, cmd), stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' })
  }

  holds(name: Name): boolean {
    return this.see(name, ['ip', '-4', '-o', 'address', 'show', 'dev', 'eth0']).includes(` ${ADDRESS}/`)
  }

  #inside(name: Name, cmd: readonly string[]): string[] {
    return ['nsenter', '-t', `${childOf(this.#keeper.pid)}`, '--mount', '--pid', 'ip', 'netns', 'exec', name, ...cmd]
  }

  close(): void {
    this.#keeper.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** A cluster takes about 2 s to settle; a machine that is busy with other things, longer. */
export const HOLD_MS = 20_000
export const TAKE_MS = 10_000

const NEIGHBOUR = ['ip', 'neigh', 'show', ADDRESS]

/**
 * Starts hb on both, kills the one that holds the address, and sees the other one take it and the kernel remove it from
 * where it was.
 */
export async function failover(hosts: Hosts): Promise<void> {
  await hosts.ready()
  hosts.start('alpha')
  hosts.start('beta')
  await until('alpha holds the address', HOLD_MS, () => hosts.holds('alpha'))
  expect(hosts.see('alpha', ['curl', '-s', '-m', '2', 'http://127.0.0.1:8694/livez'])).toStartWith('live')
  expect(hosts.holds('beta')).toBe(false)
  /* It has asked nobody: what it knows was announced. */
  const heard = ` lladdr ${hosts.mac('alpha')} `
  await until('beta has heard whose the address is', 5000, () => hosts.see('beta', NEIGHBOUR).includes(heard))
  process.kill(hosts.pid('alpha'), 'SIGKILL')
  await until('beta holds the address', TAKE_MS, () => hosts.holds('beta'))
  await until('the address of the killed hb is gone', 3000, () => !hosts.holds('alpha'))
}

function linkOf(pid: number, name: string): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`)
  } catch {
    return ''
  }
}

/** unshare --fork stays outside the PID namespace that its only child is the first of. */
export function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1'))
}

/** Waits until something holds, and returns how many milliseconds it took; throws when it does not come true. */
export async function until(what: string, limitMs: number, check: () => boolean | Promise<boolean>): Promise<number> {
  const begun = performance.now()
  while (!(await check())) {
    if (performance.now() - begun > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`)
    await Bun.sleep(50)
  }
  return performance.now() - begun
}
