/** Does the address move unasked while busy loops keep every core full? */
import { serviceAddress } from '../lab.ts'
import { Pair } from './pair.ts'
import { hosts, type System } from './systems.ts'

export interface Load {
  readonly system: string
  readonly loops: number
  readonly seconds: number
  /** How often the address was added on a host although nothing had failed. */
  readonly takeovers: number
  readonly holdersAfter: readonly string[]
}

/** All systems at the same time under the same load. */
export async function loads(list: readonly System[], loops: number, seconds: number): Promise<Load[]> {
  const pairs: Pair[] = []
  const burners: Bun.Subprocess[] = []
  try {
    for (const system of list) pairs.push(await Pair.up(system, 'load'))
    await Promise.all(pairs.map((pair) => pair.settled()))
    const watches = pairs.map((pair) => hosts.map((host) => watch(pair, host)))
    await Bun.sleep(1000)
    for (let i = 0; i < loops; i++) burners.push(Bun.spawn(['sh', '-c', 'while :; do :; done']))
    await Bun.sleep(seconds * 1000)
    for (const burner of burners.splice(0)) burner.kill('SIGKILL')
    await Bun.sleep(2000)
    return await Promise.all(
      pairs.map(async (pair, p) => {
        const added = await Promise.all(watches[p]!.map((stop) => stop()))
        const takeovers = added.reduce((a, b) => a + b, 0)
        return { system: pair.system.name, loops, seconds, takeovers, holdersAfter: await pair.lab.holders() }
      }),
    )
  } finally {
    for (const burner of burners) burner.kill('SIGKILL')
    for (const pair of pairs) await pair.down()
  }
}

/** Counts how often the address is newly there: a lease that is renewed is reported by the kernel as well. */
function watch({ lab }: Pair, host: string): () => Promise<number> {
  const command = [new URL('../lab', import.meta.url).pathname, '-n', lab.name, 'net', host]
  const child = Bun.spawn([...command, 'ip', '-o', '-4', 'monitor', 'address'], { stdout: 'pipe', env: process.env })
  const held = lab.holders().then((holders) => holders.includes(host))
  return async () => {
    child.kill()
    const lines = (await new Response(child.stdout).text()).split('\n').filter((line) => line.includes(serviceAddress))
    let there = await held
    let added = 0
    for (const line of lines) {
      const gone = line.startsWith('Deleted')
      if (!gone && !there) added++
      there = !gone
    }
    return added
  }
}
