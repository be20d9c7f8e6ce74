/** hb install and hb uninstall: the executable, its service, links, completion and manual pages on this host. */
import { existsSync, lstatSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { look, put, putProgram } from '../install/place.ts'
import { type Item, nextSteps, PROGRAM, plan } from '../install/plan.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'

/** Present where a package manager has put hb on the host: then it is that one's to change. */
export const PACKAGED = '/usr/share/doc/hb/PACKAGED'

interface Call {
  readonly root: string
  readonly dryRun: boolean
}

/**
 * Puts hb on this host and says what it did; what is there already and not hb's own stays, and makes the exit code 1.
 * @param program the executable to copy; tests hand in their own
 */
export async function install(argv: string[], io: Io, program = realpathSync('/proc/self/exe')): Promise<number> {
  return guarded('install', argv, io, (call) => {
    let code: number = installProgram(program, call, io)
    for (const item of plan(call.root)) {
      const path = join(call.root, item.path)
      const found = look(item, path)
      if (found === 'same') io.out(`${item.path}: is there already\n`)
      else if (found === 'foreign') code = keep(item, io)
      else {
        if (!call.dryRun) put(item, path)
        const done = found === 'own' ? 'brought up to date' : 'made'
        io.out(`${describe(item)}: ${call.dryRun ? `would be ${done}` : done}\n`)
      }
    }
    io.out(
      `\nNext:\n${nextSteps(call.root)
        .map((step) => `  ${step}\n`)
        .join('')}`,
    )
    return code
  })
}

/** Takes away what hb install has put there, and nothing else: configuration, state and logs stay. */
export async function uninstall(argv: string[], io: Io): Promise<number> {
  return guarded('uninstall', argv, io, (call) => {
    let code: number = Exit.fine
    for (const item of plan(call.root)) {
      const found = look(item, join(call.root, item.path))
      if (found === 'foreign') code = keep(item, io)
      else if (found !== 'nothing') remove(item.path, call, io)
    }
    if (lstatSync(join(call.root, PROGRAM), { throwIfNoEntry: false })?.isFile()) remove(PROGRAM, call, io)
    io.out('The configuration in /etc/ha.d and the state in /var/lib/heartbeat stay.\n')
    return code
  })
}

function installProgram(program: string, { root, dryRun }: Call, io: Io): number {
  const to = join(root, PROGRAM)
  if (existsSync(to) && realpathSync(to) === program) {
    io.out(`${PROGRAM}: is there already\n`)
    return Exit.fine
  }
  if (lstatSync(to, { throwIfNoEntry: false })?.isFile() === false) {
    io.err(`hb: ${PROGRAM} is not a plain file and stays as it is\n`)
    return Exit.failed
  }
  if (!dryRun) putProgram(program, to)
  io.out(`${PROGRAM}: ${dryRun ? 'would be copied' : 'copied'} from ${program}\n`)
  return Exit.fine
}

function remove(path: string, { root, dryRun }: Call, io: Io): void {
  if (!dryRun) rmSync(join(root, path))
  io.out(`${path}: ${dryRun ? 'would be removed' : 'removed'}\n`)
}

function keep(item: Item, io: Io): number {
  io.err(`hb: ${item.path} is not hb's and stays as it is\n`)
  return Exit.failed
}

function describe(item: Item): string {
  return item.kind === 'link' ? `${item.path} -> ${item.to}` : item.path
}

/** Reads the call and turns what the file system says into one line. */
function guarded(verb: string, argv: string[], io: Io, work: (call: Call) => number): number {
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
