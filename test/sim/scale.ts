/**
 * What a node costs as clusters grow: `bun test/sim/scale.ts` prints tables and a plot for docs/scale.md. The core and the
 * codec are the real ones, the network is simulated.
 */
import type { ClusterConfig, KeyRing } from '../../src/config/types.ts'
import { Town } from '../../src/sim/town.ts'
import { decode, encode } from '../../src/wire/codec.ts'
import type { Message } from '../../src/wire/message.ts'
import { scene } from '../cluster/node.ts'
import { clusterConfig, group } from './scene.ts'

const NODES = [2, 3, 4, 8, 16, 32, 64]
const LINKS = [1, 2, 3]
const FORMING_MS = 12_000
const MEASURED_S = 6
const WARM_UP = 2000
const CODEC_RUNS = 20
const keys: KeyRing = { signWith: 1, keys: new Map([[1, { method: 'sha1', key: Buffer.from('sesame') }]]) }

export interface Cost {
  readonly nodes: number
  readonly links: number
  /** Of one node, each second: datagrams sent on one link, datagrams heard on all, bytes heard on all. */
  readonly sent: number
  readonly heard: number
  readonly heardBytes: number
  /** CPU time of one node, microseconds a second: deciding, and reading and writing datagrams. */
  readonly coreUs: number
  readonly codecUs: number
}

export function configOf(nodes: number, links: number): ClusterConfig {
  const names = Array.from({ length: nodes }, (_, i) => `node${i + 1}`)
  const groups = names.map((n, i) => group(n, [`10.0.${i >> 8}.${i & 255}`], i + 1))
  const linkNames = Array.from({ length: links }, (_, i) => `eth${i}`)
  return clusterConfig({ ...scene, nodes: names, groups, links: linkNames, initdeadMs: 5000 })
}

/** Microseconds to write these messages, and to read them, and the bytes of them all. */
function codec(messages: readonly Message[]): { writeUs: number; readUs: number; bytes: number } {
  const datagrams = messages.map((m) => encode(m, keys, { innerAuth: true }))
  const time = (work: () => void) => {
    const once = () => {
      const fromMs = performance.now()
      work()
      return (performance.now() - fromMs) * 1000
    }
    for (let i = 0; i < WARM_UP; i += messages.length) work()
    return Math.min(...Array.from({ length: CODEC_RUNS }, once))
  }
  const writeUs = time(() => {
    for (const m of messages) encode(m, keys, { innerAuth: true })
  })
  const readUs = time(() => {
    for (const d of datagrams) decode(d, keys)
  })
  return { writeUs, readUs, bytes: datagrams.reduce((sum, d) => sum + d.length, 0) }
}

export function measure(nodes: number, links: number): Cost {
  let said: Message[] = []
  const calm = { lossPercent: 0, pauseMs: 0, pauseEveryMs: 1, seed: 1 }
  const town = new Town(configOf(nodes, links), calm, (message) => void said.push(message))
  town.runUntil(FORMING_MS)
  if (!town.settled) throw new Error(`${nodes} nodes are not settled after ${FORMING_MS} ms`)
  said = []
  const cpu = process.cpuUsage()
  town.runUntil(FORMING_MS + MEASURED_S * 1000)
  const { user, system } = process.cpuUsage(cpu)
  const { writeUs, readUs, bytes } = codec(said)
  // What all have said, of one node in a second; each hears what the others say on every link.
  const share = 1 / nodes / MEASURED_S
  const ears = (nodes - 1) * links
  return {
    nodes,
    links,
    sent: said.length * share,
    heard: said.length * share * ears,
    heardBytes: bytes * share * ears,
    coreUs: (user + system) * share,
    codecUs: writeUs * share + readUs * share * ears,
  }
}

const percent = (us: number) => `${(us / 10_000).toFixed(2)} %`

function row(c: Cost): string {
  const kib = `${(c.heardBytes / 1024).toFixed(1)} KiB`
  return `| ${c.nodes} | ${c.links} | ${c.sent.toFixed(2)} | ${c.heard.toFixed(1)} | ${kib} | ${percent(c.coreUs)} | ${percent(c.codecUs)} | ${percent(c.coreUs + c.codecUs)} |`
}

/** A bar a line, as long as its part of the largest. */
export function plot(costs: readonly Cost[]): string[] {
  const total = (c: Cost) => c.coreUs + c.codecUs
  const most = Math.max(...costs.map(total))
  return costs.map((c) => {
    const bar = '█'.repeat(Math.max(1, Math.round((total(c) / most) * 50)))
    return `${String(c.nodes).padStart(3)} nodes  ${bar} ${percent(total(c))}`
  })
}

if (import.meta.main) {
  measure(4, 1)
  console.log('| nodes | links | sent a second, each link | heard a second | | deciding | datagrams | together |')
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
  const costs: Cost[] = []
  for (const links of LINKS) {
    for (const nodes of NODES) {
      costs.push(measure(nodes, links))
      console.log(row(costs.at(-1)!))
    }
  }
  console.log(`\n${plot(costs.filter((c) => c.links === 2)).join('\n')}`)
}
