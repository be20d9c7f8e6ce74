/** hb reload */
import { readArgs } from './args.ts'
import { command } from './ask.ts'
import type { Io } from './io.ts'

/** Makes the daemon read its configuration again; a wrong one is refused and the old one stays. */
export async function reload(argv: string[], io: Io): Promise<number> {
  return command({ verb: 'reload' }, readArgs('reload', argv), io)
}
