/** What a running daemon costs: two hosts at keepalive 200 ms over two links, one of which serves the address. */
import { expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { executable, twoLinks, withCluster, withRunning } from '../e2e/harness.ts'
import { project, waitFor } from '../lab/lab.ts'
import { pace } from '../pace.ts'
import { type Budget, hold } from './say.ts'
import { usage } from './usage.ts'

const MIB = 1024 * 1024
/** What is needed at the start only has gone by then. */
const SETTLE_MS = 30_000
const MEASURE_MS = 30_000
/** Garbage comes and goes: one look says little. */
const SAMPLES = 10
const bun = join(project, 'node_modules/.bin/bun')

test('the size of the executable', () => {
  hold({ what: 'dist/hb', unit: 'MiB', most: 120 }, statSync(executable).size / MIB)
})

test('from the start to /livez', () =>
  withCluster({}, async (cluster) => {
    const took: number[] = []
    for (let n = 0; n < 5; n++) {
      const probe = [bun, join(import.meta.dirname, 'start-probe.ts'), 'http://127.0.0.1:8694/livez']
      took.push(Number(await cluster.lab.run('exec', 'node1', ...probe, executable, 'run', '--config', '/etc/ha.d')))
    }
    // The best of five: what the program takes, not what the machine was doing.
    hold({ what: 'start to answering /livez', unit: 'ms', most: 250 }, Math.min(...took))
  }))

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length

const budgets = {
  own: { what: 'memory of its own, on average', unit: 'MiB', most: 13 },
  resident: { what: 'resident, the mapped executable included', unit: 'MiB', most: 75 },
  descriptors: { what: 'descriptors', unit: '', most: 40 },
  threads: { what: 'threads', unit: '', most: 8 },
  cpu: { what: 'processor time a minute, of a usual machine', unit: 'ms', most: 1000 },
} satisfies Record<string, Budget>

test('a minute of two hosts', () =>
  withRunning({ media: twoLinks }, async (cluster) => {
    const probe = cluster.lab.probe((SETTLE_MS + MEASURE_MS) / 1000 + 10)
    await probe.ready
    await Bun.sleep(SETTLE_MS)
    const before = { node1: await usage(cluster.lab, 'node1'), node2: await usage(cluster.lab, 'node2') }
    const own = { node1: [before.node1.anonymousKib], node2: [before.node2.anonymousKib] }
    for (let n = 0; n < SAMPLES; n++) {
      await Bun.sleep(MEASURE_MS / SAMPLES)
      for (const host of ['node1', 'node2'] as const) own[host].push((await usage(cluster.lab, host)).anonymousKib)
    }
    const slowness = pace()
    console.log(`budget: this machine is ${slowness.toFixed(1)} times as slow as a usual one`)
    for (const [host, role] of [
      ['node1', 'holder'],
      ['node2', 'standby'],
    ] as const) {
      const now = await usage(cluster.lab, host)
      const of = (budget: Budget): Budget => ({ ...budget, what: `${role}: ${budget.what}` })
      const minutes = (now.atMs - before[host].atMs) / 60_000
      hold(of(budgets.own), mean(own[host]) / 1024)
      hold(of(budgets.resident), now.residentKib / 1024)
      hold(of(budgets.descriptors), now.descriptors)
      hold(of(budgets.threads), now.threads)
      hold(of(budgets.cpu), (now.cpuMs - before[host].cpuMs) / minutes / slowness)
    }
    expect((await probe.end()).hosts).toEqual(['node1'])
    await waitFor(
      'both at rest',
      5000,
      () => cluster.status('node1'),
      (s) => s?.stable === true,
    )
  }))
