/** Where a static executable is started by its tests: bare root directories, old kernels, other users. */
import { chmodSync, existsSync, linkSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../../src/launcher/build.ts'
import { findCompiler } from '../../src/launcher/native.ts'

export const LINUX_3_10 = 313
export const LINUX_2_6_32 = 298

/** Why these tests cannot run here, or null. */
export function missing(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'they are written for x86-64 Linux'
  if (process.getuid?.() !== 0) return 'they need root, for chroot and mounts'
  if (!findCompiler('x64')) return 'they need a C compiler'
  return null
}

/** Whether a command, or a file, is not there; then says so with the Debian package that brings it. scripts/test installs them. */
export function lacks(command: string, packageName: string): boolean {
  const there = Bun.which(command, { PATH: `${process.env.PATH}:/usr/sbin:/sbin` }) !== null || existsSync(command)
  if (!there) console.log(`skipped: ${command} is not here (Debian: ${packageName})`)
  return !there
}

/** Says why a test file does nothing; use its result with test.skipIf. */
export function skipped(): boolean {
  const why = missing()
  if (why) console.log(`skipped: ${why}`)
  return why !== null
}

/** A folder of the test's own, emptied by its caller with rmSync. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hb-static-'))
  chmodSync(folder, 0o755)
  return folder
}

/** Builds the probe program, and the helper that starts programs elsewhere, into a folder. */
export function buildProbe(folder: string): { probe: string; enter: string } {
  const probe = join(folder, 'probe')
  build({ entry: join(import.meta.dir, 'probe.ts'), out: probe })
  return { probe, enter: buildEnter(folder) }
}

/** Compiles enter.c into a folder. */
export function buildEnter(folder: string): string {
  const enter = join(folder, 'enter')
  const flags = ['-O1', '-Wall', '-Wextra', '-Werror', '-static']
  const { exitCode, stderr } = Bun.spawnSync([
    findCompiler('x64')!,
    ...flags,
    '-o',
    enter,
    join(import.meta.dir, 'enter.c'),
  ])
  if (exitCode !== 0) throw new Error(stderr.toString())
  return enter
}

/** The executable under test: dist/hb, built when it is not there yet. */
export function hb(): string {
  const path = join(import.meta.dir, '../../dist/hb')
  if (!existsSync(path)) build({ entry: join(import.meta.dir, '../../src/main.ts'), out: path })
  return path
}

/** A root directory that holds an executable as /hb, an empty /proc and the named folders, nothing else. */
export function emptyRoot(folder: string, executable: string, folders: readonly string[] = []): string {
  const root = mkdtempSync(join(folder, 'root-'))
  chmodSync(root, 0o755)
  for (const name of ['proc', ...folders]) mkdirSync(join(root, name), { recursive: true, mode: 0o1777 })
  for (const name of folders) chmodSync(join(root, name), 0o1777)
  linkSync(executable, join(root, 'hb'))
  return root
}

export interface StartOptions {
  /** The whole environment of the program. */
  readonly env?: Record<string, string>
  /** Shell commands run outside, with $root, in a mount namespace of their own before the start. */
  readonly before?: string
  /** System calls with a higher number do not exist. */
  readonly callsMax?: number
  /** Another user, and what he may do nevertheless. */
  readonly user?: number
  readonly capabilities?: readonly number[]
  /** Leave /proc unmounted. */
  readonly noProc?: boolean
  /** Not PID 1 itself, but the child of one that takes in orphans. */
  readonly init?: boolean
  /** The program in the root, when it is not /hb. */
  readonly program?: string
}

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Starts a program in a root directory, as PID 1 of namespaces of its own, and waits for its end, 20 s at most. */
export function start(enter: string, root: string, words: readonly string[], options: StartOptions = {}): Ended {
  const { env = {}, before = '', noProc = false, program = '/hb' } = options
  const flags = options.init ? ['-i', '-r', root] : ['-r', root]
  if (options.callsMax) flags.push('-l', `${options.callsMax}`)
  if (options.user) flags.push('-u', `${options.user}`)
  for (const c of options.capabilities ?? []) flags.push('-c', `${c}`)
  for (const [name, value] of Object.entries(env)) flags.push('-e', `${name}=${value}`)
  const proc = noProc ? '' : 'mount -t proc proc "$root/proc"'
  const script = `set -e; root=$1; shift; ip link set lo up; ${proc}\n${before}\nexec "$@"`
  const outside = ['unshare', '--mount', '--pid', '--net', '--fork', '--kill-child', 'sh', '-c', script, 'sh', root]
  const cmd = [...outside, enter, ...flags, program, ...words]
  const run = Bun.spawnSync({ cmd, stdout: 'pipe', stderr: 'pipe', timeout: 20_000, killSignal: 'SIGKILL' })
  return { code: run.exitCode, out: run.stdout.toString(), err: run.stderr.toString() }
}

/** Removes a folder and all in it; an empty name is nothing to remove. */
export function remove(folder: string): void {
  if (folder) rmSync(folder, { recursive: true, force: true })
}

/** What kernels before 3.17 need in every root; the tmpfs keeps it out of the next start there. */
export const URANDOM =
  'mkdir -p $root/dev; mount -t tmpfs t $root/dev; touch $root/dev/urandom; mount --bind /dev/urandom $root/dev/urandom'

/** A folder with the probe program and the helper that starts it elsewhere. */
export class Probe {
  readonly folder = workFolder()
  readonly program: string
  readonly enter: string

  constructor() {
    const built = buildProbe(this.folder)
    this.program = built.probe
    this.enter = built.enter
  }

  root(folders?: readonly string[]): string {
    return emptyRoot(this.folder, this.program, folders)
  }

  /** Has the probe look around in a root directory, and run the command in words as its child. */
  look(root: string, options: StartOptions = {}, words: readonly string[] = []) {
    const ended = start(this.enter, root, ['look-around', ...words], options)
    if (ended.code !== 0 || ended.err) throw new Error(`exit ${ended.code}\n${ended.err}`)
    return JSON.parse(ended.out)
  }

  /** Starts the probe where it cannot: returns the one line that it says, or throws when that is not all. */
  refusal(root: string, options: StartOptions): string {
    const { code, out, err } = start(this.enter, root, ['version'], options)
    const oneLine = /^hb: cannot start: [^\n]+\n$/.test(err)
    if (code !== 127 || out || !oneLine) throw new Error(`exit ${code}, not a refusal:\n${out}${err}`)
    return err.trim()
  }
}

/** What the probe reports where everything works. */
export const WORKS = { datagrams: ['a', 'b', 'c'], http: 'alive', random: 4 }
