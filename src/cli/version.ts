/** hb version */
import manifest from '../../package.json' with { type: 'json' }
import { engineName } from '../runtime/engine.ts'
import { readArgs } from './args.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'

/** Prints hb's version, the heartbeat it stands in for, and what it runs on. */
export async function version(argv: string[], io: Io): Promise<number> {
  if (readArgs('version', argv).has('licenses')) {
    io.out((await import('../install/notices.ts')).notices())
    return Exit.fine
  }
  io.out(
    `hb ${manifest.version} (heartbeat 3.0.6 compatible), ${engineName()} on ${process.platform}-${process.arch}\n`,
  )
  return Exit.fine
}
