/** The measurements' command line; scripts/bench sets up what it needs and describes it (scripts/bench --help). */
import { cpus, release } from 'node:os'
import { parseArgs } from 'node:util'
import { costs } from './cost.ts'
import { loads } from './load.ts'
import { type Fault, outages } from './outage.ts'
import { type System, systems } from './systems.ts'
import { costTable, loadTable, outageTable } from './table.ts'

const faults = ['crash', 'poweroff', 'switchover']
const tests = [...faults, 'cost', 'load']

function usage(message: string): never {
  console.error(`bench: ${message} (try: scripts/bench --help)`)
  process.exit(2)
}

function number(text: string | undefined, otherwise: number, name: string): number {
  const value = text === undefined ? otherwise : Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 10_000)
    usage(`--${name} wants a whole number from 1, not '${text}'`)
  return value
}

function chosen(names: readonly string[]): System[] {
  return names.map(
    (name) => systems.get(name) ?? usage(`no system '${name}'; there are ${[...systems.keys()].join(', ')}`),
  )
}

/** All at the same time, each in a lab of its own, so that what else the machine does hits all of them alike. */
async function measureOutages(fault: Fault, list: readonly System[], runs: number): Promise<string> {
  const results = await Promise.all(
    list.map(async (system) => [system.name, await outages(system, fault, runs)] as const),
  )
  return outageTable(fault, new Map(results))
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', short: 'n' },
    seconds: { type: 'string' },
    loops: { type: 'string' },
    systems: { type: 'string' },
    keepalived: { type: 'boolean' },
    ucarp: { type: 'boolean' },
  },
})
for (const test of positionals) if (!tests.includes(test)) usage(`no test '${test}'; there are ${tests.join(', ')}`)
if (positionals.length === 0) usage(`name a test: ${tests.join(', ')}`)
const names = values.systems?.split(',') ?? [
  'hb-200ms-1s',
  'heartbeat-200ms-1s',
  ...(values.keepalived ? ['hb-20ms-300ms', 'vrrp3-100ms', 'vrrp2-1s'] : []),
  ...(values.ucarp ? ['ucarp-1s'] : []),
]
const list = chosen(names)
if (list.length < 2) usage('a figure means something only beside another system measured in the same run: name two')

const runs = number(values.runs, 7, 'runs')
const loops = number(values.loops, cpus().length, 'loops')
console.log(`Linux ${release()}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}`)
for (const test of positionals) {
  console.log('')
  if (test === 'cost') console.log(costTable(await costs(list, number(values.seconds, 60, 'seconds'))))
  else if (test === 'load') console.log(loadTable(await loads(list, loops, number(values.seconds, 30, 'seconds'))))
  else console.log(await measureOutages(test as Fault, list, runs))
}
