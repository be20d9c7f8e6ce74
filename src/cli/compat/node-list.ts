/** hb_addnode and hb_delnode: the message that heartbeat's tools send, through the FIFO. */
import type { Io } from '../io.ts'
import { FIFO, tell } from './tell.ts'

const NODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,98}$/

/** argv: names of nodes. */
export async function nodeList(
  tool: 'hb_addnode' | 'hb_delnode',
  argv: readonly string[],
  io: Io,
  fifo = FIFO,
): Promise<number> {
  if (argv.length === 0 || (argv.length === 1 && argv[0] === '--help')) {
    io.out(`usage: ${tool} <node> <node> ...\n`)
    return 1
  }
  const wrong = argv.find((name) => !NODE.test(name))
  if (wrong !== undefined) {
    io.err(`${tool}: '${wrong}' is no name of a node\n`)
    return 1
  }
  const untold = tell(fifo, [`t=${tool.slice(3)}`, `nodelist=${argv.join(' ')}`])
  if (untold !== null) {
    io.err(`${tool}: ${fifo}: ${untold.why}\n`)
    return 1
  }
  io.err(`${tool}: the nodes that run heartbeat are told; a node that runs hb takes its nodes from ha.cf alone\n`)
  return 0
}
