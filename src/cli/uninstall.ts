/** hb uninstall */
import { lstatSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Call, guarded, keep } from '../install/call.ts'
import { look } from '../install/place.ts'
import { PROGRAM, plan } from '../install/plan.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'

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

function remove(path: string, { root, dryRun }: Call, io: Io): void {
  if (!dryRun) rmSync(join(root, path))
  io.out(`${path}: ${dryRun ? 'would be removed' : 'removed'}\n`)
}
