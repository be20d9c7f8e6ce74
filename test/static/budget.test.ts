/** What the executable and a node at rest cost: printed, and held with the slack that a busy test machine needs. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { Hosts, until } from './hosts.ts'
import { hb, skipped } from './place.ts'

setDefaultTimeout(60_000)
const off = skipped()
let hosts: Hosts | undefined
afterAll(() => hosts?.close())

const KIB_PER_MIB = 1024
/** Behind each: the largest value that passes. */
const budget = {
  'size of dist/hb, MB': 120,
  'hb version, ms (best of 5)': 1000,
  'hb run until /livez answers, ms': 5000,
  'memory of its own (RssAnon), MiB': 32,
  'libraries in memory (RssShmem), MiB': 4,
  'resident in all (VmRSS), MiB': 90,
  descriptors: 40,
  threads: 12,
}
type Cost = keyof typeof budget

function held(measured: Partial<Record<Cost, number>>): void {
  for (const [name, value] of Object.entries(measured)) {
    console.log(`budget: ${name}: ${Math.round(value * 10) / 10} of ${budget[name as Cost]}`)
  }
  const over = Object.entries(measured).filter(([name, value]) => !(value > 0 && value <= budget[name as Cost]))
  expect(over).toEqual([])
}

test.skipIf(off)('the executable', () => {
  const times = Array.from({ length: 5 }, () => {
    const begun = performance.now()
    expect(Bun.spawnSync([hb(), 'version']).exitCode).toBe(0)
    return performance.now() - begun
  })
  held({ 'size of dist/hb, MB': statSync(hb()).size / 1e6, 'hb version, ms (best of 5)': Math.min(...times) })
})

test.skipIf(off)('a pair at rest, ten seconds after its start', async () => {
  hosts = new Hosts()
  await hosts.ready()
  const alive = () => hosts!.see('alpha', ['curl', '-s', '-m', '1', 'http://127.0.0.1:8694/livez']).startsWith('live')
  hosts.start('alpha')
  const liveMs = await until('/livez answers', 20_000, alive)
  hosts.start('beta')
  await until('alpha holds the address', 20_000, () => hosts!.holds('alpha'))
  await Bun.sleep(10_000)
  const pid = hosts.pid('alpha')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const mib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / KIB_PER_MIB
  held({
    'hb run until /livez answers, ms': liveMs,
    'memory of its own (RssAnon), MiB': mib('RssAnon'),
    'libraries in memory (RssShmem), MiB': mib('RssShmem'),
    'resident in all (VmRSS), MiB': mib('VmRSS'),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]),
  })
})
