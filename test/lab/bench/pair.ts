/** Two hosts of a lab with a system under test on them. */
import { Lab, waitFor } from '../lab.ts'
import { hosts, type System } from './systems.ts'

const READY_TIMEOUT_MS = 60_000
let count = 0

export class Pair {
  readonly lab: Lab
  readonly system: System

  private constructor(lab: Lab, system: System) {
    this.lab = lab
    this.system = system
  }

  /** A lab of its own for this system; take it down with down(). */
  static async up(system: System, test: string): Promise<Pair> {
    const name = `b${test.slice(0, 2)}${process.pid}n${count++}`
    const pair = new Pair(new Lab(name), system)
    await pair.lab.up(2, '--no-eth1')
    try {
      for (const host of hosts) await system.configure(pair.lab, host)
      for (const host of hosts) await pair.start(host)
    } catch (error) {
      await pair.down()
      throw error
    }
    return pair
  }

  down(): Promise<void> {
    return this.lab.down()
  }

  async start(host: string): Promise<void> {
    await this.lab.run('start', host, 'echo')
    await this.system.start(this.lab, host)
  }

  /** Waits until one host holds the address and the other is fit to take it; gives the holder. */
  async settled(): Promise<string> {
    const [active] = await waitFor(
      `${this.system.name}: one holder and a fit peer`,
      READY_TIMEOUT_MS,
      () => this.lab.holders(),
      (holders) => holders.length === 1,
    )
    await waitFor(`${this.system.name}: a pair with ${active} active`, READY_TIMEOUT_MS, () =>
      this.system.ready(this.lab, active!),
    )
    await Bun.sleep(this.system.settleMs)
    const [still, ...more] = await this.lab.holders()
    if (still !== active || more.length > 0) throw new Error(`${this.system.name}: the address moved unasked`)
    return active!
  }
}
