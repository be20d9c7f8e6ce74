/** The command line: finds the verb, runs it, and ends with its exit code. */
import { readArgs, UsageError, unknown } from './cli/args.ts'
import { toolFor } from './cli/compat/tools.ts'
import { Exit } from './cli/exit.ts'
import { overview, verbHelp } from './cli/help-text.ts'
import { type Io, processIo } from './cli/io.ts'
import { load } from './cli/load.ts'
import { isVerb, usage, verbNames } from './cli/verbs.ts'
import { cleanInheritance } from './launcher/inherit.ts'

const aliases: Readonly<Record<string, string>> = {
  '-h': 'help',
  '--help': 'help',
  '-V': 'version',
  '--version': 'version',
}

async function main(argv: readonly string[], io: Io): Promise<number> {
  const [word, ...rest] = argv
  if (word === undefined) {
    io.err(overview())
    return Exit.usage
  }
  const verb = aliases[word] ?? word
  try {
    if (!isVerb(verb)) throw unknown('command', word, verbNames)
    if (asksForHelp(rest)) {
      io.out(verbHelp(verb))
      return Exit.fine
    }
    // Here for all, so that every verb is held to its row before anything of it is loaded.
    readArgs(verb, rest)
    const run = await load[verb]()
    return await run(rest, io)
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`hb: ${error.message}\n${isVerb(verb) ? `usage: ${usage(verb)}` : "'hb help' lists all commands"}\n`)
      return Exit.usage
    }
    io.err(`hb: ${verb} failed unexpectedly: ${error instanceof Error ? error.stack : error}\n`)
    return Exit.failed
  }
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end < 0 ? argv.length : end).some((arg) => arg === '-h' || arg === '--help')
}

/** Called through a link, hb is heartbeat's tool of that name. */
async function asCalled(): Promise<number> {
  const called = process.argv0
  const load = toolFor(called)
  const [argv, io] = [process.argv.slice(2), processIo()]
  return load === undefined ? main(argv, io) : (await load())(called, argv, io)
}

cleanInheritance()
process.exit(await asCalled())
