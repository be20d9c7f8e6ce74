import { rmSync } from 'node:fs'
import { basename } from 'node:path'

/** The Bun that makes the executables. Its x64 binary serves every CPU from SSE4.2 on: there is no other to choose. */
const bun = process.execPath

/**
 * Compiles a TypeScript entry into a dynamically linked executable. The name of the output goes into the file, so equal
 * inputs give equal bytes only under an equal base name.
 * @param entry path of the program, relative to the project
 * @param out where the executable goes; anything there is replaced
 * @param runtime the Bun executable to embed
 * @throws Error with the compiler's own words
 */
export function compile(entry: string, out: string, runtime: string): void {
  rmSync(out, { force: true })
  const result = Bun.spawnSync({
    cmd: [
      bun,
      'build',
      entry,
      '--compile',
      '--minify-whitespace',
      '--minify-syntax',
      '--sourcemap=inline',
      '--no-compile-autoload-dotenv',
      '--no-compile-autoload-bunfig',
      ...(runtime === bun ? [] : [`--compile-executable-path=${runtime}`]),
      `--outfile=${out}`,
    ],
    stdout: 'pipe',
    stderr: 'pipe',
  })
  if (result.exitCode !== 0) {
    throw new Error(`${basename(entry)} does not compile:\n${result.stderr.toString().trim()}`)
  }
}
