/** hb uninstall */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Call, guarded, keep } from '../install/call.ts'
import { look, lookProgram } from '../install/place.ts'
import { PROGRAM, plan } from '../install/plan.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'

/** Takes away what hb install has put there, and nothing else: configuration, state and logs stay. */
export async function uninstall(argv: string[], io: Io): Promise<number> {
  return guarded('uninstall', argv, io, (call) => {
    let code: number = Exit.fine
    for (const item of plan(call.root)) {
      const found = look(item, join(call.root, item.path))
      if (found === 'foreign') code = keep(item.path, io)
      else if (found !== 'nothing') remove(item.path, call, io)
    }
    const program = lookProgram(join(call.root, PROGRAM))
    if (program === 'foreign') code = keep(PROGRAM, io)
    else if (program === 'own') remove(PROGRAM, call, io)
    io.out('The configuration in /etc/ha.d and the state in /var/lib/heartbeat stay.\n')
    return code
  })
}

function remove(path: string, { root, dryRun }: Call, io: Io): void {
  if (!dryRun) rmSync(join(root, path))
  io.out(`${path}: ${dryRun ? 'would be removed' : 'removed'}\n`)
}
