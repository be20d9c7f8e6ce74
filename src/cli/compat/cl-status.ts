/** cl_status: what heartbeat's tool of that name prints, and its exit codes, to the letter. */
import { hostname } from 'node:os'
import { ApiClient, ApiRefusal } from '../../compat/api-client.ts'
import { get } from '../../wire/message.ts'
import type { Io } from '../io.ts'
import { clStatusHelp } from './cl-status-help.ts'
import { Code, type Session } from './cl-status-session.ts'
import { type Verb, verbs } from './cl-status-verbs.ts'
import { getopt } from './getopt.ts'

export const REGISTER = '/run/heartbeat/register'
const ALARM_MS = 5000

/** argv without the tool's own name. */
export async function clStatus(argv: readonly string[], io: Io, path = REGISTER): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || (name === '-h' && rest.length === 0)) {
    io.out(clStatusHelp)
    return Code.fine
  }
  const error = (text: string) => io.err(`${stamp()} ${hostname()} cl_status: [${process.pid}]: ERROR: ${text}\n`)
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (verb === undefined && name !== 'hbstatus') {
    error(`${name}: invalid sub-command.`)
    return Code.wrong
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const alarm = new Promise<number>((resolve) => {
    timer = setTimeout(() => resolve(Code.alarm), ALARM_MS)
  })
  const work = verb === undefined ? hbstatus(rest, io, path, error) : signedOn(name, verb, rest, io, path, error)
  const code = await Promise.race([work, alarm])
  clearTimeout(timer)
  return code
}

type Complain = (text: string) => void

async function hbstatus(argv: readonly string[], io: Io, path: string, error: Complain): Promise<number> {
  const { given, complaints } = getopt(argv, 'mv')
  for (const complaint of complaints) io.err(`hbstatus: ${complaint}\n`)
  const verbose = given.has('v')
  const human = given.has('m')
  let client: ApiClient
  try {
    client = await ApiClient.open(path)
  } catch (problem) {
    if (!(problem instanceof ApiRefusal)) throw problem
    const refused = problem.kind === 'refused'
    const state = refused ? 'apparently running on this machine, but refuses my connection' : 'stopped on this machine.'
    io.out(`Heartbeat is ${state}\n`)
    if (verbose) io.out(`(${problem.message})\n`)
    return refused ? Code.fine : Code.failed
  }
  if (!verbose) {
    io.out('Heartbeat is running on this machine.\n')
    client.close()
    return Code.fine
  }
  const version = get(client.welcome, 'hbversion') ?? ''
  const pacemaker = get(client.welcome, 'pacemaker') ?? 'false'
  const manager = pacemaker === 'false' ? '"haresources"' : `pacemaker\t(${pacemaker})`
  if (human) io.out(`Heartbeat version ${version}\nResources controlled by ${manager}\n`)
  else io.out(`version:\t${version}\nmanaged by:\t${manager}\n`)
  const session: Session = { client, io, human, error, words: [], given: new Map([['v', '']]) }
  const code = await verbs.listnodes!.run(session)
  client.close()
  return code
}

async function signedOn(
  name: string,
  verb: Verb,
  argv: readonly string[],
  io: Io,
  path: string,
  error: Complain,
): Promise<number> {
  let client: ApiClient
  try {
    client = await ApiClient.open(path)
  } catch (problem) {
    if (!(problem instanceof ApiRefusal)) throw problem
    error('Cannot signon with heartbeat')
    error(`REASON: ${problem.message}`)
    return Code.failed
  }
  try {
    const { given, words, complaints } = getopt(argv, verb.options)
    if (complaints.length > 0 && verb.complains !== null) {
      io.err(`${name}: ${complaints[0]}\n`)
      error(`Error: getopt returnedcharacter ${verb.complains}?.`)
      return Code.wrong
    }
    return await verb.run({ client, io, human: given.has('m'), error, words, given })
  } finally {
    client.close()
  }
}

function stamp(now = new Date()): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const month = now.toLocaleString('en-US', { month: 'short' })
  return `${month} ${two(now.getDate())} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`
}
