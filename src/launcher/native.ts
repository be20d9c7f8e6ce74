import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Elf, type Machine, neededLibraries, parseElf } from './elf.ts'
import { STUB_ADDRESS } from './pack.ts'

const HERE = import.meta.dir
const STRICT = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-Os', '-Wl,--build-id=none', '-Wl,-z,noexecstack']
/** Nothing that would need a C library, its start-up code or its tables at run time. */
const FREESTANDING = [
  '-ffreestanding',
  '-fno-builtin',
  '-fno-stack-protector',
  '-fno-pic',
  '-fno-asynchronous-unwind-tables',
  '-fno-tree-loop-distribute-patterns',
  '-nostdlib',
  '-static',
  '-no-pie',
  '-Wl,-z,norelro',
]
const SHARED = ['-fPIC', '-shared', '-nostartfiles', '-Wl,-soname,libhb-start.so']

/** The C compiler for a machine: $CC for this one, else the usual names; null when there is none. */
export function findCompiler(machine: Machine): string | null {
  const names = machine === process.arch ? [process.env.CC ?? '', 'cc', 'gcc', 'clang'] : [cross(machine)]
  for (const name of names) {
    const path = name && Bun.which(name)
    if (path) return path
  }
  return null
}

function cross(machine: Machine): string {
  return machine === 'arm64' ? 'aarch64-linux-gnu-gcc' : 'x86_64-linux-gnu-gcc'
}

/** Debian's packages that bring a C compiler. */
export function compilerPackages(machine: Machine): string {
  if (machine === process.arch) return 'gcc libc6-dev'
  return machine === 'arm64'
    ? 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross'
    : 'gcc-x86-64-linux-gnu libc6-dev-amd64-cross'
}

/** Compiles the start-up stub into the folder work. */
export function compileStub(cc: string, machine: Machine, work: string): Elf {
  const flags = [`-Wl,-Ttext-segment=0x${STUB_ADDRESS.toString(16)}`]
  if (machine === 'x64') flags.push('-fcf-protection=none')
  else flags.push('-mno-outline-atomics', '-Wl,-z,max-page-size=65536')
  return compileC(cc, 'stub.c', join(work, 'stub'), [...FREESTANDING, ...flags])
}

/** Compiles the library that is loaded ahead of all others into the folder work. */
export function compilePreload(cc: string, work: string): Elf {
  return compileC(cc, 'preload.c', join(work, 'libhb-start.so'), SHARED)
}

function compileC(cc: string, source: string, out: string, flags: readonly string[]): Elf {
  run([cc, ...STRICT, ...flags, '-o', out, join(HERE, source)])
  return readElf(out)
}

/**
 * The loader and the libraries that a program asks for, from the compiler's C library or from a folder.
 * @param folder where to look instead, for a C library other than the compiler's
 */
export function findLibraries(cc: string, program: Elf, folder?: string): { loader: Elf; libraries: Elf[] } {
  const found = neededLibraries(program).map((name) => readElf(locate(cc, name, folder)))
  const isLoader = (elf: Elf) => basename(elf.name).startsWith('ld-')
  const loader = found.find(isLoader)
  if (!loader) throw new Error(`${program.name} does not name its dynamic loader`)
  const libraries = found.filter((elf) => !isLoader(elf))
  for (const library of libraries) {
    for (const name of neededLibraries(library)) {
      if (!found.some((elf) => basename(elf.name) === name)) {
        throw new Error(
          `${library.name} asks for ${name}, which the program does not: it would be looked for on the host`,
        )
      }
    }
  }
  return { loader, libraries }
}

function locate(cc: string, name: string, folder?: string): string {
  const path = folder ? join(folder, name) : run([cc, `-print-file-name=${name}`]).trim()
  if (!path.includes('/') || !existsSync(path)) {
    throw new Error(`${name} is not to be found${folder ? ` in ${folder}` : ' (Debian: apt-get install libc6-dev)'}`)
  }
  return path
}

function readElf(path: string): Elf {
  return parseElf(path, readFileSync(realpathSync(path)))
}

function run(cmd: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync({
    cmd,
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, LC_ALL: 'C' },
  })
  if (exitCode !== 0) throw new Error(`${cmd[0]} failed:\n${stderr.toString().trim()}`)
  return stdout.toString()
}
