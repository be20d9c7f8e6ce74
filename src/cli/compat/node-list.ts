/** hb_addnode and hb_delnode: the message that heartbeat's tools send, through the FIFO. */
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import type { Io } from '../io.ts'

export const FIFO = '/var/lib/heartbeat/fifo'
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
  const problem = write(fifo, `>>>\nt=${tool.slice(3)}\nnodelist=${argv.join(' ')}\n<<<\n`)
  if (problem !== null) {
    io.err(`${tool}: ${fifo}: ${problem}\n`)
    return 1
  }
  io.err(`${tool}: the nodes that run heartbeat are told; a node that runs hb takes its nodes from ha.cf alone\n`)
  return 0
}

function write(fifo: string, message: string): string | null {
  try {
    // heartbeat's scripts wait for ever where no daemon reads.
    const fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK)
    try {
      writeSync(fd, message)
    } finally {
      closeSync(fd)
    }
    return null
  } catch (error) {
    const { code, message: words } = error as NodeJS.ErrnoException
    if (code === 'ENXIO') return 'no daemon reads it'
    if (code === 'ENOENT') return 'it is not there: no daemon runs here, or `fifo off` stands in hb.cf'
    return code === 'EACCES' || code === 'EPERM' ? 'not permitted: this needs root' : words
  }
}
