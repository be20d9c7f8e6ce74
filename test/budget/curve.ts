/**
 * What a pair uses, once a minute: two hosts at keepalive 200 ms over two links, one address, a client that asks for it
 * every 5 ms. Ends with 1 when the address was lost or served twice meanwhile.
 *
 * Usage: curve.ts [--minutes N] [--json]
 */
import { parseArgs } from 'node:util'
import { twoLinks, withRunning } from '../e2e/harness.ts'
import type { Outage } from '../lab/probe.ts'
import { type Usage, usage } from './usage.ts'

const HOSTS = ['node1', 'node2'] as const
const MINUTE_MS = 60_000

interface Row {
  readonly minute: number
  readonly host: string
  readonly usage: Usage
}

const mib = (kib: number): string => (kib / 1024).toFixed(1).padStart(8)

/** Processor time a minute since an earlier look, ms. */
const rate = (now: Usage, before: Usage): number => ((now.cpuMs - before.cpuMs) / (now.atMs - before.atMs)) * MINUTE_MS

const HEAD = `minute host       own  private resident   locked  desc. threads cpu ms/min   (MiB)`

function line({ minute, host, usage: u }: Row, before: Usage | undefined): string {
  const sizes = [u.anonymousKib, u.privateKib, u.residentKib, u.lockedKib].map(mib).join(' ')
  const cpu = before === undefined ? '-' : rate(u, before).toFixed(0)
  const counts = `${String(u.descriptors).padStart(6)} ${String(u.threads).padStart(7)} ${cpu.padStart(10)}`
  return `${String(minute).padStart(6)} ${host} ${sizes} ${counts}`
}

function summary(host: string, rows: readonly Row[]): string {
  const own = rows.filter((r) => r.host === host).map((r) => r.usage)
  const kib = own.map((u) => u.anonymousKib)
  const mean = kib.reduce((sum, n) => sum + n, 0) / kib.length
  const cpu = own.length < 2 ? Number.NaN : rate(own.at(-1)!, own[0]!)
  const memory = `at first${mib(kib[0]!)}, on average${mib(mean)}, at most${mib(Math.max(...kib))}, at last${mib(kib.at(-1)!)} MiB`
  return `${host}: memory of its own ${memory}; ${cpu.toFixed(0)} ms of processor time a minute`
}

async function run(minutes: number, json: boolean): Promise<number> {
  const rows: Row[] = []
  let outage: Outage | undefined
  await withRunning({ media: twoLinks }, async (cluster) => {
    const probe = cluster.lab.probe(minutes * 60 + 600)
    await probe.ready
    const beganMs = performance.now()
    if (!json) console.log(HEAD)
    for (let minute = 0; minute <= minutes; minute++) {
      await Bun.sleep(Math.max(0, beganMs + minute * MINUTE_MS - performance.now()))
      for (const host of HOSTS) {
        const row: Row = { minute, host, usage: await usage(cluster.lab, host) }
        console.log(json ? JSON.stringify(row) : line(row, rows.findLast((r) => r.host === host)?.usage))
        rows.push(row)
      }
    }
    outage = await probe.end()
  })
  if (!json) for (const host of HOSTS) console.log(summary(host, rows))
  const { outageMs, hosts, doubled } = outage!
  if (!json)
    console.log(`longest silence of the address ${outageMs} ms, answered by ${hosts.join(', ')}, ${doubled} twice`)
  return hosts.length === 1 && doubled === 0 ? 0 : 1
}

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' }, json: { type: 'boolean' } } })
const minutes = Number(values.minutes)
if (!Number.isInteger(minutes) || minutes < 1) {
  console.error(`memory: --minutes ${values.minutes}: expected a number of minutes from 1 on`)
  process.exit(2)
}
process.exit(await run(minutes, values.json === true))
