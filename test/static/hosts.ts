/**
 * Two hosts that hold nothing but hb and a configuration, each a root directory, a network namespace and a PID 1:
 *
 *     alpha: eth0 10.0.0.1/24 ── veth ── beta: eth0 10.0.0.2/24         the address: 10.0.0.100
 *
 * One process keeps the namespaces; with it everything in them ends.
 */
import { mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildEnter, emptyRoot, hb, workFolder } from './place.ts'

export const ADDRESS = '10.0.0.100'
export type Name = 'alpha' | 'beta'
const NAMES = ['alpha', 'beta'] as const

const NETWORK = `
  mount -t tmpfs t /run
  for host in alpha beta; do ip netns add $host; ip -n $host link set lo up; done
  ip link add eth0 netns alpha type veth peer name eth0 netns beta
  ip -n alpha address add 10.0.0.1/24 brd + dev eth0
  ip -n beta address add 10.0.0.2/24 brd + dev eth0
  for host in alpha beta; do ip -n $host link set eth0 up; done
  echo ready
  exec sleep 600`

const CONFIGURATION = {
  'ha.cf': `keepalive 200ms\ndeadtime 1\nwarntime 500ms\ninitdead 2\nauto_failback off\nlogfacility none
ucast eth0 10.0.0.1\nucast eth0 10.0.0.2\nnode alpha beta\n`,
  authkeys: 'auth 1\n1 sha1 a-secret-of-the-test\n',
}

export interface HostsOptions {
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
    for (const name of NAMES) this.#roots.set(name, this.#makeRoot())
    const namespaces = ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child']
    const cmd = [...namespaces, 'sh', '-ec', NETWORK]
    this.#keeper = Bun.spawn({ cmd, stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' })
  }

  #makeRoot(): string {
    const root = emptyRoot(this.#folder, hb())
    const config = join(root, 'etc/ha.d')
    mkdirSync(config, { recursive: true })
    const haresources = `alpha ${ADDRESS}/24/eth0 ${this.#options.resources ?? ''}\n`
    for (const [name, text] of Object.entries({ ...CONFIGURATION, haresources })) {
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
    const words = [this.#enter, '-r', root, ...(this.#options.enter ?? []), '/hb', 'run', '--config', '/etc/ha.d']
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
    return pids.find((pid) => pid && linkOf(pid, 'root') === this.root(name) && linkOf(pid, 'exe').endsWith('/hb'))
  }

  /** Runs a command of this machine in a host's network and returns what it says. */
  see(name: Name, cmd: readonly string[]): string {
    const all = this.#inside(name, cmd)
    const run = Bun.spawnSync({ cmd: all, stdout: 'pipe', stderr: 'pipe', timeout: 5000, killSignal: 'SIGKILL' })
    return run.stdout.toString() + run.stderr.toString()
  }

  holds(name: Name): boolean {
    return this.see(name, ['ip', '-4', '-o', 'address', 'show', 'dev', 'eth0']).includes(` ${ADDRESS}/`)
  }

  #inside(name: Name, cmd: readonly string[]): string[] {
    const child = Number(readChild(this.#keeper.pid))
    return ['nsenter', '-t', `${child}`, '--mount', '--pid', 'ip', 'netns', 'exec', name, ...cmd]
  }

  close(): void {
    this.#keeper.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function linkOf(pid: number, name: string): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`)
  } catch {
    return ''
  }
}

/** unshare --fork stays outside the PID namespace that its only child is the first of. */
function readChild(pid: number): string {
  const run = Bun.spawnSync(['cat', `/proc/${pid}/task/${pid}/children`])
  return run.stdout.toString().trim()
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
