/**
 * What scripts/build runs: src/main.ts becomes dist/hb. Everything is made in a directory of its own beside the result
 * and renamed into place, so that no half-made executable is ever seen.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { compile } from './compile.ts'

export interface BuildOptions {
  readonly entry: string
  readonly out: string
}

/** Builds one executable; throws an Error whose message is meant for the person at the keyboard. */
export function build({ entry, out }: BuildOptions): void {
  if (!existsSync(entry)) throw new Error(`${entry} is not there; run this in the project's root`)
  mkdirSync(dirname(out), { recursive: true })
  const work = mkdtempSync(join(dirname(out), '.build-'))
  try {
    compile(entry, join(work, 'hb'))
    renameSync(join(work, 'hb'), out)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function main(): void {
  try {
    const { values } = parseArgs({
      options: {
        entry: { type: 'string', default: 'src/main.ts' },
        out: { type: 'string', default: 'dist/hb' },
      },
    })
    build(values)
  } catch (error) {
    console.error(`build: ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  }
}

if (import.meta.main) main()
