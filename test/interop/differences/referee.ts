/**
 * Runs inside a host of the lab: writes each configuration to /etc/ha.d and asks both programs whether they would start.
 * Usage: referee.ts CASES.json ANSWERS.json
 */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { problemText, readConfigDir } from '../../../src/config/read.ts'
import type { Case, Files } from './cases.ts'

const daemon = '/usr/libexec/heartbeat/heartbeat'
const folder = '/etc/ha.d'
/** heartbeat waits two minutes for the address of an interface that is not there. */
const PATIENCE_MS = 1500
/** From the pid file on, which itself may take so many tenths of a second. */
const LINGER_S = 1
const PID_TENTHS = 50

/** How one of the two has read a configuration. */
export interface Answer {
  readonly starts: boolean
  readonly complaints: readonly string[]
  /** Recorded directives as they count. */
  readonly values: Readonly<Record<string, string>>
  readonly nodes: readonly string[]
}

export interface Answers {
  readonly hb: Answer
  readonly heartbeat: Answer
  /** Where only heartbeat would start, asked once for each reason of hb's: is it still there a moment later? */
  readonly stays?: boolean
  /** Now and then: do hb check and hb run end with the codes that hb's answer calls for? */
  readonly program?: boolean
}

const hbProgram = process.env.HB_BIN ?? join(import.meta.dir, '../../../dist/hb')
const PROGRAM_EVERY = 40

/** A right configuration is not run: it would serve. */
function askProgram({ starts }: Answer): boolean {
  const codeOf = (...words: string[]) =>
    Bun.spawnSync([hbProgram, ...words, '--config', folder], { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' })
      .exitCode
  return starts ? codeOf('check') === 0 : codeOf('check') === 1 && codeOf('run') === 6
}

function write(files: Files): void {
  const texts = { 'ha.cf': files.haCf, haresources: files.haresources, authkeys: files.authkeys }
  for (const [name, text] of Object.entries(texts)) {
    const path = `${folder}/${name}`
    rmSync(path, { force: true })
    if (text !== null) writeFileSync(path, text)
  }
  if (files.authkeys !== null) chmodSync(`${folder}/authkeys`, files.keysMode)
}

function askHb(): Answer {
  const { config, problems } = readConfigDir(folder)
  const errors = problems.filter((p) => p.severity === 'error')
  const nodes = config === null ? [] : [...config.cluster.nodes, ...config.cluster.pingNodes.map((p) => p.name)]
  return {
    starts: config !== null,
    complaints: errors.map((p) => problemText(p).replace(/^\S+ /, '')),
    values: config === null ? {} : Object.fromEntries(config.parameters),
    nodes: nodes.sort(),
  }
}

/** heartbeat prints what it has read and ends with its code; what it has started by then ends with its process space. */
function askHeartbeat(linger = false): Answer & { code: number | null } {
  rmSync('/run/heartbeat.pid', { force: true })
  const wait = `for i in $(seq ${PID_TENTHS}); do [ -s /run/heartbeat.pid ] && break; sleep 0.1; done`
  const stay = linger ? `${wait}; sleep ${LINGER_S}; kill -0 $(cat /run/heartbeat.pid) || exit 99;` : ''
  const script = `${daemon} -l -v </dev/null || exit $?; ${stay} exit 0`
  const ran = Bun.spawnSync(['unshare', '--pid', '--fork', '--kill-child', 'sh', '-c', script], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: PATIENCE_MS + (linger ? LINGER_S * 1000 + PID_TENTHS * 100 : 0),
    killSignal: 'SIGKILL',
  })
  // The text is in a buffer when the process is doubled, and comes from both halves.
  const [, out = ''] = ran.stdout.toString('utf8').split('#\tLinux-HA heartbeat configuration', 2)
  const waits = ran.exitCode === null || ran.signalCode !== undefined
  const said = [...ran.stderr.toString('utf8').matchAll(/(?:ERROR|CRIT|EMERG): (.*)/g)].map((m) => m[1]!)
  return {
    starts: ran.exitCode === 0,
    code: ran.exitCode,
    complaints: waits ? [...said, 'it waits'] : said,
    values: Object.fromEntries([...out.matchAll(/^(\w+)\t(.*)\t#\t.*$/gm)].map((m) => [m[1]!, m[2]!])),
    nodes: [...out.matchAll(/^node (\S*)\t#/gm)].map((m) => m[1]!).sort(),
  }
}

if (import.meta.main) {
  const [casesPath = '', answersPath = ''] = process.argv.slice(2)
  const cases = JSON.parse(readFileSync(casesPath, 'utf8')) as Case[]
  const answers: Answers[] = []
  const doubted = new Set<string>()
  for (const [i, { files }] of cases.entries()) {
    write(files)
    const hb = askHb()
    const heartbeat = askHeartbeat()
    const reason = hb.complaints.map((c) => c.replace(/'.*/, '')).join()
    const doubt = heartbeat.starts && !hb.starts && !doubted.has(reason)
    doubted.add(reason)
    answers.push({
      hb,
      heartbeat,
      ...(doubt && process.env.HB_DIFFERENCES_STAYS ? { stays: askHeartbeat(true).starts } : {}),
      ...(i % PROGRAM_EVERY === 0 ? { program: askProgram(hb) } : {}),
    })
  }
  writeFileSync(answersPath, JSON.stringify(answers))
}
