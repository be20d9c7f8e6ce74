/** What is done to a pair of hosts in the lab, and what may come of it. */
import { addressOf, type Host, hosts, other, type Pair } from '../interop/cluster.ts'

/** What chance decides; the same seed gives the same course. */
export interface Chance {
  pick<T>(from: readonly T[]): T
  between(low: number, high: number): number
}

export const deadtimeMs = 2000
const KEEPALIVE_MS = 200

/** What was done, in words. */
export interface Happened {
  readonly words: string
  /** While it lasted both may have held everything, and nobody could help it. */
  readonly parts?: boolean
}

export interface SoakFault {
  readonly name: string
  /** Does it and undoes it. */
  readonly happen: (pair: Pair, chance: Chance) => Promise<Happened>
}

const holderOf = async (pair: Pair): Promise<Host> =>
  ((await pair.lab.holders(addressOf.node1))[0] as Host | undefined) ?? 'node1'

/** The holder twice as often as not: that is where it hurts. */
async function victim(pair: Pair, chance: Chance): Promise<Host> {
  const holder = await holderOf(pair)
  return chance.pick([holder, holder, other(holder)])
}

const pause = (chance: Chance, low: number, high: number) => Bun.sleep(chance.between(low, high))

async function deathBy(pair: Pair, chance: Chance, how: 'kill' | 'off'): Promise<Happened> {
  const host = await victim(pair, chance)
  // The kernel has to take away the addresses of a killed hb; those of a heartbeat stay, and nobody answers there.
  if (how === 'kill' && pair.kind(host) === 'hb') await pair.lab.run('kill', host)
  else await pair[how](host)
  await pause(chance, 1000, 8000)
  await pair.lab.run('boot', host)
  await pair.start(host)
  return { words: `${how} ${host}` }
}

export const soakFaults: readonly SoakFault[] = [
  { name: 'every process killed', happen: (pair, chance) => deathBy(pair, chance, 'kill') },
  { name: 'power failure', happen: (pair, chance) => deathBy(pair, chance, 'off') },
  {
    name: 'frozen',
    async happen(pair, chance) {
      const host = await victim(pair, chance)
      const fromMs = performance.now()
      await pair.lab.run('freeze', host)
      await pause(chance, 300, 7000)
      await pair.lab.run('thaw', host)
      const tookMs = performance.now() - fromMs
      // A stopped heartbeat keeps its addresses, and its kernel answers for it.
      const parts = pair.kind(host) === 'heartbeat' && tookMs > deadtimeMs - KEEPALIVE_MS
      return { words: `freeze ${host} for ${Math.round(tookMs)} ms`, parts }
    },
  },
  {
    name: 'one link of two cut',
    async happen(pair, chance) {
      const link = chance.pick(['eth0', 'eth1'])
      await pair.lab.run('cut', 'node1', 'node2', link)
      await pause(chance, 1000, 8000)
      await pair.lab.run('heal')
      return { words: `cut ${link}` }
    },
  },
  {
    name: 'one link of two deaf one way',
    async happen(pair, chance) {
      const [link, from] = [chance.pick(['eth0', 'eth1']), chance.pick(hosts)]
      await pair.lab.run('cut', from, other(from), link, '--one-way')
      await pause(chance, 1000, 8000)
      await pair.lab.run('heal')
      return { words: `cut ${link} from ${from}` }
    },
  },
  {
    name: 'a third of the frames lost, both links',
    async happen(pair, chance) {
      for (const link of ['eth0', 'eth1']) await pair.lab.run('loss', chance.pick(hosts), link, '30%', 'both')
      await pause(chance, 2000, 9000)
      await pair.lab.run('heal')
      return { words: 'loss 30%' }
    },
  },
  {
    name: 'both links cut',
    async happen(pair, chance) {
      await pair.lab.run('cut', 'node1', 'node2')
      await pause(chance, 500, 7000)
      await pair.lab.run('heal')
      return { words: 'cut all', parts: true }
    },
  },
  {
    name: 'hand-over by hand',
    async happen(pair, chance) {
      const host = await holderOf(pair)
      await pair.standby(host, chance.pick(['all', 'local', 'foreign']))
      return { words: `standby ${host}` }
    },
  },
  {
    name: 'stopped in order and started',
    async happen(pair, chance) {
      const host = await victim(pair, chance)
      await pair.stop(host)
      await pause(chance, 500, 4000)
      await pair.lab.run('start', host, pair.kind(host))
      return { words: `stop ${host}` }
    },
  },
]
