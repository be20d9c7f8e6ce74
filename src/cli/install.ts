/** hb install */
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { type Call, guarded, keep } from '../install/call.ts'
import { look, lookProgram, put, putProgram } from '../install/place.ts'
import { type Item, nextSteps, PROGRAM, plan } from '../install/plan.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'

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
      else if (found === 'foreign') code = keep(item.path, io)
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

function installProgram(program: string, { root, dryRun }: Call, io: Io): number {
  const to = join(root, PROGRAM)
  if (existsSync(to) && realpathSync(to) === program) {
    io.out(`${PROGRAM}: is there already\n`)
    return Exit.fine
  }
  if (lookProgram(to) === 'foreign') return keep(PROGRAM, io)
  if (!dryRun) putProgram(program, to)
  io.out(`${PROGRAM}: ${dryRun ? 'would be copied' : 'copied'} from ${program}\n`)
  return Exit.fine
}

function describe(item: Item): string {
  return item.kind === 'link' ? `${item.path} -> ${item.to}` : item.path
}
