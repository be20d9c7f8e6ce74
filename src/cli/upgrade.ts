/** hb upgrade PATH */
import { resolve } from 'node:path'
import { readArgs } from './args.ts'
import { ask } from './ask.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'

const ASK_AGAIN_MS = 100
const SERVE_WITHIN_MS = 20_000
const QUIET = (io: Io): Io => ({ ...io, err: () => {} })

/** Asks the daemon to become another executable, and waits until that one answers. */
export async function upgrade(argv: string[], io: Io): Promise<number> {
  const args = readArgs('upgrade', argv)
  const path = resolve(args.words[0]!)
  const before = await ask({ verb: 'ping' }, args, io)
  if (typeof before === 'number') return before
  const reply = await ask({ verb: 'upgrade', path }, args, io)
  if (typeof reply === 'number') return reply
  if (!reply.ok) {
    io.err(`hb: ${reply.text}\n`)
    return Exit.failed
  }
  const endMs = performance.now() + SERVE_WITHIN_MS
  while (performance.now() < endMs) {
    await new Promise((done) => setTimeout(done, ASK_AGAIN_MS))
    const now = await ask({ verb: 'ping' }, args, QUIET(io))
    if (typeof now === 'number') continue
    const { image, givenUp } = now.data as Pong
    if (image === (before.data as Pong).image) {
      if (givenUp == null) continue
      io.err(`hb: nothing changed: ${givenUp}\n`)
      return Exit.failed
    }
    io.out(`${path} serves now\n`)
    return Exit.fine
  }
  io.err(`hb: ${path} did not answer within ${SERVE_WITHIN_MS / 1000} s: see the log\n`)
  return Exit.timedOut
}

/** What the daemon tells of itself; an earlier one tells less. */
interface Pong {
  readonly image: string
  readonly givenUp?: string | null
}
