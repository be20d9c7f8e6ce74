/** hb check: is the configuration right, and what will it do? Reads files, starts nothing. */
import { parseArgs } from 'node:util'
import { explain } from '../config/explain.ts'
import { problemText, readConfigDir } from '../config/read.ts'
import type { Problem } from '../config/types.ts'

const usage = 'usage: hb check [--config DIR] [--node NAME] [--json] [--explain]\n'

const options = {
  config: { type: 'string', default: '/etc/ha.d' },
  node: { type: 'string' },
  json: { type: 'boolean', default: false },
  explain: { type: 'boolean', default: false },
} as const

interface Streams {
  out(s: string): void
  err(s: string): void
}

/** Exit code 0: right, maybe with warnings; 1: wrong; 2: the call cannot be understood. */
export async function check(argv: string[], io: Streams): Promise<number> {
  const call = parseCall(argv)
  if (typeof call === 'string') {
    io.err(`hb check: ${call}\n${usage}`)
    return 2
  }
  const { config, problems, nodename } = readConfigDir(call.config, call.node)
  const plain = config && call.explain ? explain(config, nodename) : null
  if (call.json) {
    const answer = { version: 1, ok: config !== null, problems, ...(plain ? { explanation: plain } : {}) }
    io.out(`${JSON.stringify(answer, null, 2)}\n`)
  } else {
    for (const problem of problems) io.out(`${problemText(problem)}\n`)
    io.out(`${closing(call.config, problems)}\n`)
    if (plain) io.out(`\n${plain.join('\n')}\n`)
  }
  return config === null ? 1 : 0
}

function parseCall(argv: string[]) {
  try {
    const { values } = parseArgs({ args: argv, options, strict: true, allowPositionals: false })
    if (values.config === '') return '--config needs a directory'
    return values.node === '' ? '--node needs a name' : values
  } catch (error) {
    return (error as Error).message
  }
}

const counted = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`

function closing(dir: string, problems: readonly Problem[]): string {
  const errors = problems.filter((p) => p.severity === 'error').length
  const counts = `${counted(errors, 'error')}, ${counted(problems.length - errors, 'warning')}`
  return `${dir}: ${errors > 0 ? 'wrong' : 'right'}: ${counts}`
}
