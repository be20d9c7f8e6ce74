/** hb install-links DIR [--dry-run] */
import { lstatSync, readlinkSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readArgs } from './args.ts'
import { toolNames } from './compat/tools.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'

/** Makes links by heartbeat's names to this executable; what is there and no link to an hb stays. */
export async function installLinks(argv: string[], io: Io): Promise<number> {
  const args = readArgs('install-links', argv)
  const directory = args.words[0]!
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    io.err(`hb: ${directory} is not a directory\n`)
    return Exit.failed
  }
  return makeLinks(directory, realpathSync('/proc/self/exe'), args.has('dry-run'), io)
}

/** Links to target by every name; tests hand in their own target. */
export function makeLinks(directory: string, target: string, dryRun: boolean, io: Io): number {
  let code: number = Exit.fine
  for (const name of toolNames) {
    const path = join(directory, name)
    const found = look(path, target)
    if (found === 'there') io.out(`${path} leads to ${target} already\n`)
    else if (found === 'foreign') {
      io.err(`hb: ${path} is something else and stays as it is: move it away if hb is to take its place\n`)
      code = Exit.failed
    } else if (dryRun) io.out(`${path} -> ${target}: would be made\n`)
    else if (!make(path, target, found === 'elsewhere', io)) code = Exit.failed
  }
  return code
}

function make(path: string, target: string, replace: boolean, io: Io): boolean {
  try {
    if (replace) rmSync(path)
    symlinkSync(target, path)
    io.out(`${path} -> ${target}: made\n`)
    return true
  } catch (error) {
    io.err(`hb: ${path}: ${error instanceof Error ? error.message : error}\n`)
    return false
  }
}

/** A link to another file called hb is one that may be led here. */
function look(path: string, target: string): 'nothing' | 'there' | 'elsewhere' | 'foreign' {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return 'nothing'
  if (!found.isSymbolicLink()) return 'foreign'
  if (readlinkSync(path) === target) return 'there'
  return basename(readlinkSync(path)) === 'hb' ? 'elsewhere' : 'foreign'
}
