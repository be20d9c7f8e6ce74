/** How long the service address does not answer when its holder dies or hands over. */
import type { Outage } from '../probe.ts'
import { Pair } from './pair.ts'
import type { System } from './systems.ts'

export type Fault = 'crash' | 'poweroff' | 'switchover'

/** Measures `runs` times on one pair; the role goes to the other host each time. */
export async function outages(system: System, fault: Fault, runs: number): Promise<Outage[]> {
  const pair = await Pair.up(system, fault)
  try {
    const results: Outage[] = []
    for (let run = 0; run < runs; run++) {
      const outage = await once(pair, fault)
      results.push(outage)
      console.error(`${fault} ${system.name} ${run + 1}/${runs}: ${outage.outageMs} ms, ${outage.from} to ${outage.to}`)
    }
    return results
  } finally {
    await pair.down()
  }
}

async function once(pair: Pair, fault: Fault): Promise<Outage> {
  const { lab, system } = pair
  const active = await pair.settled()
  const probe = lab.probe(40, { untilMoved: true })
  await probe.ready
  // The daemon's cycle must not be in step with the bench.
  await Bun.sleep(Math.random() * 1000)
  if (fault === 'switchover') await system.switchover(lab, active)
  else await lab.run(fault === 'crash' ? 'kill' : 'off', active)
  const outage = await probe.result
  if (!outage.moved) throw new Error(`${system.name}: the address never moved after ${fault}`)
  if (fault === 'switchover') {
    await system.revive(lab, active)
  } else {
    await lab.run('boot', active)
    await pair.start(active)
  }
  return outage
}
