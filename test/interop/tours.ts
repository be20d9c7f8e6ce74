/**
 * What is done to a pair, step by step. A tour begins with a cold start, so that the expensive ten seconds of two
 * heartbeats are paid once, and each step ends only when both daemons are at rest and say the same.
 */
import { longestMs } from '../lab/probe.ts'
import { addressOf, type Host, hosts, other, type Pair, type Rule, type StandbySet } from './cluster.ts'

export interface Step {
  readonly name: string
  readonly measure: Measure
  /** Longest time without an answer from either address, in ms; at the start, until both are held. Null when not seen. */
  readonly outageMs: number | null
  /** Longest time both hosts, alive, had the same address. */
  readonly doubledMs: number
}

/**
 * What is measured in a step: how long clients waited, the same where nothing may move, how long a start took, or
 * nothing, where answers are lost anyway.
 */
export type Measure = 'outage' | 'still' | 'start' | 'nothing'
type Holders = Record<Host, Host>
const home: Holders = { node1: 'node1', node2: 'node2' }
const allOn = (host: Host): Holders => ({ node1: host, node2: host })

export class Tour {
  readonly steps: Step[] = []
  /** Requests that a heartbeat was given twice. */
  retyped = 0

  constructor(readonly pair: Pair) {}

  /** Does something, waits for its end, and measures what clients saw of both addresses meanwhile. */
  private async step(name: string, act: () => Promise<void>, measure: Measure = 'outage'): Promise<void> {
    const { lab, watch } = this.pair
    const since = watch.now()
    const asks = measure === 'outage' || measure === 'still'
    const probes = asks ? hosts.map((h) => lab.probe(90, { address: addressOf[h] })) : []
    try {
      await Promise.all(probes.map((p) => p.ready))
      await act()
      await this.pair.watched()
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : error}`)
    } finally {
      const results = await Promise.all(probes.map((p) => p.end()))
      const doubledMs = watch.doubledMs(since)
      let outageMs: number | null = null
      if (asks) outageMs = Math.max(...results.map(longestMs))
      else if (measure === 'start') outageMs = watch.servedAfterMs(since, Object.values(addressOf))
      this.steps.push({ name, measure, outageMs, doubledMs })
    }
  }

  async coldStart(): Promise<void> {
    await this.step(
      'cold start together',
      async () => {
        await this.pair.start('node1', 'node2')
        await this.pair.settled(home, 30_000)
      },
      'start',
    )
    // A node announces a longer deadtime in its first five seconds.
    await Bun.sleep(5500)
  }

  async handOver(): Promise<void> {
    await this.coldStart()
    for (const host of hosts) {
      await this.move(`${host}: standby local`, host, 'local', allOn(other(host)))
      await this.move(`${other(host)}: standby foreign`, other(host), 'foreign', home)
      await this.move(`${host}: standby all`, host, 'all', allOn(other(host)))
      await this.take(`${host}: takeover local`, host, 'local', home)
      await this.take(`${host}: takeover foreign`, host, 'foreign', allOn(host))
      await this.take(`${other(host)}: takeover all`, other(host), 'all', allOn(other(host)))
      await this.move(`${other(host)}: standby foreign again`, other(host), 'foreign', home)
    }
  }

  private move(name: string, host: Host, set: StandbySet, after: Holders): Promise<void> {
    return this.step(name, () => this.insist(host, after, () => this.pair.standby(host, set)))
  }

  private take(name: string, host: Host, set: StandbySet, after: Holders): Promise<void> {
    return this.step(name, () => this.insist(host, after, () => this.pair.takeover(host, set)))
  }

  /**
   * heartbeat's scripts hand their request to it through a FIFO, line by line, and on a busy machine it now and then
   * reads half of one and forgets it ("Message with zero fields"): an operator types it again. To hb nothing is said twice.
   */
  private async insist(host: Host, after: Holders, act: () => Promise<void>): Promise<void> {
    await act()
    if (this.pair.kind(host) === 'heartbeat') {
      try {
        return await this.pair.settled(after, 12_000)
      } catch {
        this.retyped++
        await act()
      }
    }
    await this.pair.settled(after, 15_000)
  }

  /** Each host goes in each of three ways, and returns. */
  async comeAndGo(rule: Rule): Promise<void> {
    await this.coldStart()
    for (const host of hosts) {
      const stays = other(host)
      const after = rule === 'off' ? allOn(stays) : home
      await this.leave(`${host} crashes`, host, () => this.pair.kill(host), 8000)
      await this.comeBack(`${host} returns after a crash`, host, after)
      if (rule === 'off') await this.move(`${stays}: standby foreign after the crash`, stays, 'foreign', home)
      await this.leave(`${host} loses power`, host, () => this.pair.off(host), 8000)
      await this.comeBack(`${host} returns after power off`, host, after)
      if (rule === 'off') await this.move(`${stays}: standby foreign after power off`, stays, 'foreign', home)
      await this.leave(`${host} stops`, host, () => this.pair.stop(host), 20_000)
      await this.startAgain(`${host} starts again`, host, after)
      if (rule === 'off') await this.move(`${stays}: standby foreign after the stop`, stays, 'foreign', home)
    }
  }

  private leave(name: string, host: Host, act: () => Promise<void>, timeoutMs: number): Promise<void> {
    return this.step(name, async () => {
      await act()
      await this.pair.settled(allOn(other(host)), timeoutMs, [other(host)])
    })
  }

  private async comeBack(name: string, host: Host, after: Holders): Promise<void> {
    await this.pair.lab.run('boot', host)
    await this.startAgain(name, host, after)
  }

  private async startAgain(name: string, host: Host, after: Holders): Promise<void> {
    await this.step(name, async () => {
      await this.pair.start(host)
      await this.pair.settled(after, 30_000)
    })
    await Bun.sleep(5500)
  }

  async alone(host: Host): Promise<void> {
    await this.step(
      `${host} alone`,
      async () => {
        await this.pair.start(host)
        await this.pair.settled(allOn(host), 25_000, [host])
      },
      'start',
    )
    await this.startAgain(`${other(host)} joins`, other(host), this.pair.setup.rule === 'on' ? home : allOn(host))
  }

  /** Links cut and lossy, reload without and with a change of keys: nothing may move. */
  async faults(): Promise<void> {
    await this.coldStart()
    await this.still('one of two links cut', 1000, async () => {
      await this.pair.lab.run('cut', 'node1', 'node2', 'eth1')
      await this.pair.secondLink('dead', 15_000)
    })
    await this.still('the link heals', 2000, async () => {
      await this.pair.lab.run('heal')
      await this.pair.secondLink('up', 5000)
    })
    for (const host of hosts) await this.still(`${host}: SIGHUP without a change`, 2000, () => this.pair.reload(host))
    await this.newKeys()
    await this.still(
      '30 % loss on both links',
      15_000,
      async () => {
        for (const link of ['eth0', 'eth1']) await this.pair.lab.run('loss', 'node1', link, '30%')
      },
      'nothing',
    )
    await this.pair.lab.run('heal')
  }

  /** All nodes within one deadtime, as 3.0.6 needs it. */
  private async newKeys(): Promise<void> {
    const { method } = this.pair.setup
    // heartbeat looks at the file's time in whole seconds.
    await Bun.sleep(1100)
    await this.still('keys changed on both nodes', 4000, async () => {
      await this.pair.keys(`auth 2\n2 ${method}${method === 'crc' ? '' : ' othersecret'}\n`)
      await Promise.all(hosts.map((h) => this.pair.reload(h)))
    })
  }

  private still(name: string, ms: number, act: () => Promise<void>, measure: Measure = 'still'): Promise<void> {
    return this.step(
      name,
      async () => {
        await act()
        await Bun.sleep(ms)
        await this.pair.settled(home, 5000)
      },
      measure,
    )
  }
}
