/** How hb install and hb uninstall are called, and what both refuse. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Exit } from '../cli/exit.ts'
import type { Io } from '../cli/io.ts'

/** Present where a package manager has put hb on the host: then it is that one's to change. */
export const PACKAGED = '/usr/share/doc/hb/PACKAGED'

export interface Call {
  readonly root: string
  readonly dryRun: boolean
}

/** Says that something is left as it is; the exit code for that. */
export function keep(path: string, io: Io): number {
  io.err(`hb: ${path} is not hb's and stays as it is\n`)
  return Exit.failed
}

/** Reads the call, does the work, and turns what the file system says into one line. */
export function guarded(verb: string, argv: string[], io: Io, work: (call: Call) => number): number {
  const options = { root: { type: 'string', default: '/' }, 'dry-run': { type: 'boolean', default: false } } as const
  let call: Call
  try {
    const { values } = parseArgs({ args: argv, options, strict: true, allowPositionals: false })
    call = { root: values.root, dryRun: values['dry-run'] }
  } catch (error) {
    io.err(`hb ${verb}: ${(error as Error).message}\nusage: hb ${verb} [--dry-run] [--root DIR]\n`)
    return Exit.usage
  }
  if (existsSync(join(call.root, PACKAGED))) {
    io.err(`hb: a package has put hb on this host; ask its manager to ${verb === 'install' ? 'update' : 'remove'} it\n`)
    return Exit.failed
  }
  try {
    return work(call)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    io.err(`hb: ${message}\n`)
    return code === 'EACCES' || code === 'EPERM' ? Exit.notPermitted : Exit.failed
  }
}
