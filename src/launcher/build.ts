/**
 * What scripts/build runs: src/main.ts becomes dist/hb. Everything is made in a directory of its own beside the result
 * and renamed into place, so that no half-made executable is ever seen.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { compile } from './compile.ts'
import { type Machine, parseElf } from './elf.ts'
import { compilePreload, compilerPackages, compileStub, findCompiler, findLibraries } from './native.ts'
import { pack } from './pack.ts'
import { verify } from './verify.ts'

export interface BuildOptions {
  readonly entry: string
  readonly out: string
  readonly machine?: Machine
  /** A folder with another C library than the compiler's. */
  readonly libc?: string
}

/**
 * Builds one executable. Without a C compiler it leaves the dynamically linked program as <out>-dynamic and throws, as for
 * every other failure, an Error whose message is meant for the person at the keyboard.
 */
export function build({ entry, out, libc, machine = 'x64' }: BuildOptions): void {
  if (!existsSync(entry)) throw new Error(`${entry} is not there; run this in the project's root`)
  mkdirSync(dirname(out), { recursive: true })
  const work = mkdtempSync(join(dirname(out), '.build-'))
  try {
    const dynamic = join(work, 'hb')
    compile(entry, dynamic, machine)
    const cc = findCompiler(machine)
    if (!cc) {
      renameSync(dynamic, `${out}-dynamic`)
      throw new Error(
        `no C compiler here (Debian: apt-get install ${compilerPackages(machine)}); left ${out}-dynamic, which needs glibc 2.17`,
      )
    }
    const program = parseElf('the compiled program', readFileSync(dynamic))
    const { loader, libraries } = findLibraries(cc, program, libc)
    const stub = compileStub(cc, machine, work)
    const packed = pack({ stub, program, loader, libraries: [compilePreload(cc, work), ...libraries] })
    const finished = join(work, 'static')
    writeFileSync(finished, packed)
    chmodSync(finished, 0o755)
    check(finished, machine)
    renameSync(finished, out)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** An executable that its own build machine cannot start is not delivered. */
function check(path: string, machine: Machine): void {
  const problems = verify(parseElf(path, readFileSync(path)))
  if (problems.length) throw new Error(`the executable is not as it must be: ${problems.join('; ')}`)
  const emulator = machine === process.arch ? [] : emulatorFor(machine)
  if (!emulator) return console.error(`build: not started, as this machine is no ${machine} and has no emulator of it`)
  const cmd = [...emulator, path, 'version']
  const started = Bun.spawnSync({ cmd, stdout: 'pipe', stderr: 'pipe', timeout: 60_000 })
  if (started.exitCode !== 0 || !started.stdout.toString().startsWith('hb')) {
    throw new Error(`the executable does not start (exit ${started.exitCode}):\n${started.stderr.toString().trim()}`)
  }
}

function emulatorFor(machine: Machine): string[] | null {
  const name = `qemu-${machine === 'arm64' ? 'aarch64' : 'x86_64'}`
  const path = Bun.which(`${name}-static`) ?? Bun.which(name)
  return path ? [path] : null
}

function main(): void {
  try {
    const { values } = parseArgs({
      options: {
        entry: { type: 'string', default: 'src/main.ts' },
        out: { type: 'string' },
        arch: { type: 'string', default: 'x64' },
        libc: { type: 'string' },
      },
    })
    const { arch: machine, entry, out, libc } = values
    if (machine !== 'x64' && machine !== 'arm64') throw new Error(`--arch ${machine}: expected x64 or arm64`)
    build({ entry, out: out ?? (machine === 'x64' ? 'dist/hb' : `dist/hb-${machine}`), libc, machine })
  } catch (error) {
    console.error(`build: ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  }
}

if (import.meta.main) main()
