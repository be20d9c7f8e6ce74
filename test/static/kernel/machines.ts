/**
 * Machines of their own kernel that hold nothing but hb, on one network with this side of it:
 *
 *     alpha 10.0.0.1 (eth0) ── tap ─┐
 *     beta  10.0.0.2 (eth0) ── tap ─┴─ bridge 10.0.0.254: where the tests look from
 *
 * One process keeps the network namespace; with it everything in it ends.
 */
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../../../src/launcher/elf.ts'
import { findCompiler } from '../../../src/launcher/native.ts'
import { run } from '../../../src/release/run.ts'
import { childOf } from '../hosts.ts'
import { workFolder } from '../place.ts'
import { cpio, type Entry } from './cpio.ts'
import { fetchKernels, type Kernel } from './debian.ts'

export const ADDRESS = '10.0.0.100'
const ADDRESSES = { alpha: '10.0.0.1', beta: '10.0.0.2' } as const
export type Name = keyof typeof ADDRESSES

/** The oldest processors that hb is for. */
const EMULATORS: Record<Machine, { readonly words: readonly string[]; readonly console: string }> = {
  x64: { words: ['qemu-system-x86_64', '-M', 'q35', '-cpu', 'Nehalem'], console: 'ttyS0' },
  arm64: { words: ['qemu-system-aarch64', '-M', 'virt', '-cpu', 'cortex-a53'], console: 'ttyAMA0' },
}

const NETWORK = `
  ip link set lo up; ip link add bridge type bridge; ip address add 10.0.0.254/24 dev bridge; ip link set bridge up
  for host in alpha beta; do ip tuntap add $host mode tap; ip link set $host master bridge up; done
  echo ready
  exec sleep 900`

const CONFIGURATION = {
  'ha.cf': `keepalive 500ms\ndeadtime 5\nwarntime 2\ninitdead 20\nauto_failback off\nlogfacility none
ucast eth0 10.0.0.1\nucast eth0 10.0.0.2\nnode alpha beta\n`,
  haresources: `alpha ${ADDRESS}/24/eth0\n`,
  authkeys: 'auth 1\n1 sha1 a-secret-of-the-test\n',
  'hb.cf': 'status 0.0.0.0:8694\n',
}

/** The status document as somebody outside reads it, as far as the tests look at it. */
export interface Seen {
  readonly node: string
  readonly phase: string
  readonly nodes: readonly { readonly node: string; readonly state: string }[]
}

export class Machines {
  readonly #folder = workFolder()
  readonly #kernels: Record<Machine, Kernel>
  readonly #keeper: Bun.Subprocess<'ignore', 'pipe', 'ignore'>
  readonly #running = new Map<Name, Bun.Subprocess>()

  /** @param executables hb for each kind of machine that is to be booted */
  constructor(executables: Readonly<Partial<Record<Machine, string>>>) {
    const machines = Object.keys(executables) as Machine[]
    this.#kernels = fetchKernels(this.#folder, machines)
    for (const machine of machines) this.#makeRoot(machine, executables[machine]!)
    const namespaces = ['unshare', '--net', '--pid', '--fork', '--kill-child']
    this.#keeper = Bun.spawn([...namespaces, 'sh', '-ec', NETWORK], {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'ignore',
    })
  }

  #makeRoot(machine: Machine, executable: string): void {
    const first = join(this.#folder, `first-${machine}`)
    const flags = ['-O1', '-Wall', '-Wextra', '-Werror', '-static']
    run([findCompiler(machine)!, ...flags, '-o', first, join(import.meta.dir, 'first.c')])
    const program = (path: string, from: string): Entry => ({ path, content: readFileSync(from), mode: 0o755 })
    const configuration = Object.entries(CONFIGURATION).map(([name, text]) => ({
      path: `etc/ha.d/${name}`,
      content: Buffer.from(text),
      mode: 0o600,
    }))
    const modules = this.#kernels[machine].modules.map((from, i) => program(`modules/${i}.ko`, from))
    const folders = ['etc', 'etc/ha.d', 'modules', 'proc', 'run', 'var', 'var/lib'].map((path) => ({ path }))
    const entries = [...folders, program('first', first), program('hb', executable), ...configuration, ...modules]
    writeFileSync(this.#root(machine), cpio(entries))
  }

  #root(machine: Machine): string {
    return join(this.#folder, `root-${machine}`)
  }

  /** Resolves when the network is there. */
  async ready(): Promise<void> {
    const { value } = await this.#keeper.stdout.getReader().read()
    if (!new TextDecoder().decode(value).includes('ready')) throw new Error('the network cannot be made')
  }

  /** Switches a machine on; first is what the kernel starts. */
  boot(name: Name, machine: Machine, first = '/first'): Bun.Subprocess {
    const { words, console } = EMULATORS[machine]
    const append = `console=${console} panic=-1 loglevel=4 rdinit=${first} host=${name} address=${ADDRESSES[name]}`
    const network = ['-netdev', `tap,id=n,ifname=${name},script=no,downscript=no`]
    const card = ['-device', `virtio-net-pci,netdev=n,romfile=,mac=${this.mac(name)}`]
    const boot = ['-kernel', this.#kernels[machine].image, '-initrd', this.#root(machine), '-append', append]
    const plain = ['-m', '512', '-nodefaults', '-display', 'none', '-serial', 'stdio', '-no-reboot']
    const out = openSync(this.#console(name), 'w')
    /* Entered by no PID namespace, as that would put a process between: killing it has to be killing the machine. */
    const mortal = ['setpriv', '--pdeathsig', 'KILL']
    const cmd = this.#inside([...mortal, ...words, ...plain, ...boot, ...network, ...card])
    const process = Bun.spawn({ cmd, stdin: 'ignore', stdout: out, stderr: out })
    closeSync(out)
    this.#running.set(name, process)
    return process
  }

  mac(name: Name): string {
    return `02:77:00:00:00:0${ADDRESSES[name].at(-1)}`
  }

  /** The power fails. */
  async off(name: Name): Promise<void> {
    const process = this.#running.get(name)
    process?.kill('SIGKILL')
    await process?.exited
  }

  #console(name: Name): string {
    return join(this.#folder, `console-${name}`)
  }

  /** What a machine has written on its console since it was switched on. */
  said(name: Name): string {
    return readFileSync(this.#console(name), 'utf8')
  }

  /** Asks whoever answers at the address for its status; null when nobody does within a second. */
  seen(address: string): Seen | null {
    try {
      return JSON.parse(this.look(['curl', '-s', '-m', '1', `http://${address}:8694/status`]))
    } catch {
      return null
    }
  }

  /** Runs a command of this machine in the network. */
  look(cmd: readonly string[]): string {
    return Bun.spawnSync({ cmd: this.#inside(cmd), stdout: 'pipe', stderr: 'ignore', timeout: 5000 }).stdout.toString()
  }

  #inside(cmd: readonly string[]): string[] {
    return ['nsenter', '-t', `${childOf(this.#keeper.pid)}`, '--net', ...cmd]
  }

  close(): void {
    for (const process of this.#running.values()) process.kill('SIGKILL')
    this.#keeper.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
