/**
 * Runs the parts one after the other and prints one line each; the last line of all is "N passed, N failed" or
 * "N passed, N failed, N skipped". Started by scripts/test, which has set up what is needed.
 *
 * Usage: main.ts [--quick] [--real-root | --nest | --without-namespaces]
 *   --nest: the caller is not root; what needs labs runs as a pretended one.
 */
import { Glob } from 'bun'
import { tableOf } from '../../test/interop/table.ts'
import { add, closingLine, nothing } from './junit.ts'
import { bunTests, denoTests, type Part, script, tool } from './parts.ts'

const UNIT_TIMEOUT_MS = 30_000
const LONG_TIMEOUT_MS = 180_000
/** The files of interop run their clusters side by side themselves; those that measure no outage run beside each other, too. */
const INTEROP_TIMEOUT_MS = 3_000_000
/** Folders of test/ that are not plain unit tests. */
const apart = ['static', 'net', 'e2e', 'interop', 'budget']

function choose(words: ReadonlySet<string>): Part[] {
  const files = [...new Glob('test/**/*.test.ts').scanSync('.')].sort()
  const inside = (folder: string) => files.filter((file) => file.startsWith(`test/${folder}/`))
  /** Whole clusters, wherever they stand. */
  const labs = files.filter((file) => file.endsWith('.lab.test.ts') || file.startsWith('test/haproxy/'))
  const alone = files.filter((file) => !apart.includes(file.split('/')[1]!) && !labs.includes(file))
  // What takes longest comes first: nothing is left to wait for at the end.
  const unit = [...inside('sim'), ...alone.filter((file) => !file.startsWith('test/sim/'))]
  const width = Number(process.env.HB_TEST_WIDTH) || 4
  const parts = [
    tool('types', ['node_modules/.bin/tsc', '--noEmit']),
    tool('lint and format', ['node_modules/.bin/biome', 'check', '.']),
    bunTests('unit', unit, 3, UNIT_TIMEOUT_MS),
  ]
  if (words.has('--quick')) return parts
  // Each seed again, on the other engine: a tenth of them shows a difference between the two.
  parts.push(denoTests('deno', { SIM_SEEDS: '100' }))
  for (const folder of ['static', 'net']) parts.push(bunTests(folder, inside(folder), 2, LONG_TIMEOUT_MS))
  const nest = words.has('--nest') ? ['test/lab/lab', 'nest'] : []
  if (words.has('--without-namespaces')) {
    parts.push(missing('lab and e2e', 'neither root nor user namespaces'))
  } else {
    parts.push(script('lab', [...nest, 'test/lab/selftest']))
    parts.push(bunTests('e2e', [...inside('e2e'), ...labs], width, LONG_TIMEOUT_MS, nest))
  }
  // One at a time: what they measure is what a machine does that is not otherwise busy.
  const needsLab = /\/(daemon|realtime)\./
  const measured = inside('budget').filter((file) => !words.has('--without-namespaces') || !needsLab.test(file))
  parts.push(bunTests('budget', measured, 1, LONG_TIMEOUT_MS, nest))
  // The daemon of the distribution wants users of its own, which only real root has.
  if (words.has('--real-root')) {
    const interop = inside('interop')
    const outages = interop.filter((file) => /\/(healing|matrix|upgrade)\./.test(file))
    const stories = interop.filter((file) => !outages.includes(file))
    parts.push(bunTests('interop: stories', stories, 3, INTEROP_TIMEOUT_MS))
    parts.push(bunTests('interop: outages', outages, 1, INTEROP_TIMEOUT_MS))
  } else parts.push(missing('interop', 'heartbeat needs real root'))
  return parts
}

function missing(name: string, why: string): Part {
  return {
    name,
    async run() {
      return { counts: { ...nothing, skipped: 1 }, output: `${name}: skipped: ${why}\n` }
    },
  }
}

const words = new Set(process.argv.slice(2))
let total = nothing
for (const part of choose(words)) {
  const beganMs = performance.now()
  const { counts, output } = await part.run()
  process.stdout.write(output)
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(1)
  console.log(`${part.name.padEnd(16)} ${closingLine(counts)} (${seconds} s)`)
  total = add(total, counts)
}
const outages = process.env.HB_INTEROP_TABLE
if (outages !== undefined)
  process.stdout.write(`\nLongest time without an answer, ms: median (worst)\n\n${tableOf(outages)}\n`)
const skippedInCi = Boolean(process.env.CI) && total.skipped > 0
if (skippedInCi) console.log('skipped tests are failures here, because CI is set: see above')
console.log(closingLine(total))
process.exit(total.failed > 0 || total.passed === 0 || skippedInCi ? 1 : 0)
