/** hb sim: the operator's own configuration in virtual time. Starts nothing, touches nothing. */
import { problemText, readConfigDir } from '../config/read.ts'
import { forecast, withNodes } from '../sim/forecast.ts'
import { forecastWords } from '../sim/words.ts'
import { type Args, readArgs, UsageError } from './args.ts'
import { durationMs } from './duration.ts'
import { Exit } from './exit.ts'
import type { Io } from './io.ts'

const NODES_MAX = 64
const HOURS_MAX = 1000
const DEFAULT_HOURS = 24
const PAUSE_EVERY_MS = 600_000
const POWER_FAILURES = 20

/** Exit code 0: a forecast; 1: the configuration is wrong; 2: the call is. */
export async function sim(argv: string[], io: Io): Promise<number> {
  const args = readArgs('sim', argv)
  const dir = args.value('config') ?? '/etc/ha.d'
  const count = args.has('nodes') ? number(args, 'nodes', 2, NODES_MAX, true) : null
  const hours = number(args, 'hours', 0.1, HOURS_MAX, false) ?? DEFAULT_HOURS
  const options = {
    hours,
    lossPercent: percent(args),
    pauseMs: time(args, 'pause') ?? 0,
    pauseEveryMs: time(args, 'every') ?? PAUSE_EVERY_MS,
    seed: number(args, 'seed', 0, 0x7fffffff, true) ?? 1,
    powerFailures: POWER_FAILURES,
    progress: (done: number, deaths: number) =>
      io.err(`hb sim: ${(done * hours).toFixed(1)} of ${hours} hours, ${deaths} false deaths\n`),
  }
  const { config, problems } = readConfigDir(dir)
  if (config === null) {
    for (const problem of problems) io.err(`${problemText(problem)}\n`)
    io.err(`hb sim: ${dir} is wrong: hb check tells more\n`)
    return Exit.failed
  }
  const cluster = count === null ? config.cluster : withNodes(config.cluster, count)
  if (cluster.nodes.length < 2) throw new UsageError(`${dir} names one node only: give --nodes 2 or more`)
  const found = forecast(cluster, options)
  const { progress: _, ...given } = options
  if (args.has('json')) io.out(`${JSON.stringify({ version: 1, ...given, ...found }, null, 2)}\n`)
  else io.out(`${forecastWords(found).join('\n')}\n`)
  return Exit.fine
}

function time(args: Args, name: string): number | null {
  const text = args.value(name)
  return text === undefined ? null : durationMs(name, text)
}

function percent(args: Args): number {
  const text = args.value('loss') ?? '0'
  const value = /^\d{1,3}(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN
  if (value >= 0 && value <= 100) return value
  throw new UsageError(`--loss ${text} is no share: expected 0% to 100%`)
}

function number(args: Args, name: string, low: number, high: number, whole: boolean): number | null {
  const text = args.value(name)
  if (text === undefined) return null
  const value = /^\d{1,10}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (value >= low && value <= high && (!whole || Number.isInteger(value))) return value
  throw new UsageError(`--${name} ${text}: expected ${whole ? 'a whole number' : 'a number'} from ${low} to ${high}`)
}
