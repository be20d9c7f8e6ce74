import { rmSync } from 'node:fs'
import { basename } from 'node:path'
import type { Machine } from './elf.ts'
import { runtimeFor } from './runtime.ts'

/** The Bun that makes the executables. Its x64 binary serves every CPU from SSE4.2 on: there is no other to choose. */
const bun = process.execPath

/**
 * Compiles a TypeScript entry into a dynamically linked executable. The name of the output goes into the file, so equal
 * inputs give equal bytes only under an equal base name.
 * @param entry path of the program, relative to the project
 * @param out where the executable goes; anything there is replaced
 * @param machine whose executable it is to be; the compiler writes its name into the program
 * @throws Error with the compiler's own words
 */
export function compile(entry: string, out: string, machine: Machine): void {
  rmSync(out, { force: true })
  const result = Bun.spawnSync({
    cmd: [
      bun,
      'build',
      entry,
      '--compile',
      /* Parsed once and for all: a start takes no memory for it, which would never be whole again, and less time. */
      '--bytecode',
      '--format=esm',
      '--minify-whitespace',
      '--minify-syntax',
      '--sourcemap=inline',
      '--no-compile-autoload-dotenv',
      '--no-compile-autoload-bunfig',
      /* Collects sooner: a daemon wants a small heap, and has the time. */
      '--compile-exec-argv=--smol',
      ...(machine === process.arch ? [] : crossFlags(machine)),
      `--outfile=${out}`,
    ],
    stdout: 'pipe',
    stderr: 'pipe',
  })
  if (result.exitCode !== 0) {
    throw new Error(`${basename(entry)} does not compile:\n${result.stderr.toString().trim()}`)
  }
}

function crossFlags(machine: Machine): string[] {
  return [`--target=bun-linux-${machine}`, `--compile-executable-path=${runtimeFor(machine)}`]
}
