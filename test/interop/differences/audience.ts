/** A heartbeat and an hb that hear the same broadcasts of nodes that are only pretended. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Lab, project, waitFor } from '../../lab/lab.ts'
import { authkeys, plain, type Speaker } from './datagrams.ts'

const hbProgram = process.env.HB_BIN ?? join(project, 'dist/hb')
/** heartbeat has room for a hundred nodes; one is never heard, so that neither gets on to anything else. */
const SPEAKERS = 96
const BROADCAST = '10.77.0.255'
const SETTLE_MS = 5000
/** Nothing has changed for so long: nothing will. What must be heard gets more time on a busy machine. */
const QUIET_MS = 500
const QUIET_FOR_RIGHT_MS = 2000

export type States = ReadonlyMap<string, string>

/** What each of the two makes of each speaker. */
export interface Heard {
  readonly heartbeat: States
  readonly hb: States
}

export class Audience {
  readonly lab: Lab
  private readonly folder = mkdtempSync(join(tmpdir(), 'hb-datagrams-'))
  private names = Array.from({ length: SPEAKERS }, (_, i) => `c${String(i).padStart(2, '0')}`)
  private generation = 0x10000000
  private log = ''

  constructor(name: string) {
    this.lab = new Lab(name)
  }

  async up(): Promise<void> {
    const { lab } = this
    await lab.up(2, '--no-eth1')
    for (const host of ['node1', 'node2']) {
      const lines = [
        'logfile /var/log/ha-log',
        ...['keepalive 10', 'warntime 250', 'deadtime 300', 'initdead 600', 'bcast eth0', 'auto_failback off'],
        `node ${host} ${this.names.join(' ')} never`,
      ]
      await lab.put(host, '/etc/ha.d', 'ha.cf', `${lines.join('\n')}\n`)
    }
    await lab.put('all', '/etc/ha.d', 'haresources', '')
    await lab.put('all', '/etc/ha.d', 'authkeys', authkeys)
    this.log = (await lab.run('path', 'node1', '/var/log/ha-log')).trim()
    await lab.run('start', 'node2', 'hb')
    await this.begin()
  }

  /** After heartbeat has died: the host is made anew, or what is left of it would still speak. */
  async again(): Promise<void> {
    await this.lab.run('kill', 'node1')
    await this.lab.run('boot', 'node1')
    await this.begin()
  }

  private async begin(): Promise<void> {
    const { lab } = this
    writeFileSync(this.log, '')
    // A shell for each change of each node would be most of the work.
    await lab.run('exec', 'node1', 'sh', '-c', 'rm -f /etc/ha.d/rc.d/*')
    await lab.run('start', 'node1', 'heartbeat')
    await waitFor('both listen', 20_000, async () => {
      const deaf = await this.reset(this.names)
      // What ended heartbeat may have come with what spoilt a speaker or two for hb.
      const most = deaf.length < this.names.length / 4
      if (most) this.retire(deaf)
      return most
    })
  }

  async down(): Promise<void> {
    await this.lab.down()
    rmSync(this.folder, { recursive: true })
  }

  get size(): number {
    return this.names.length
  }

  /** As many speakers as there are, each in a new life. */
  speakers(): Speaker[] {
    this.generation += 0x10
    return this.names.map((name) => ({ name, generation: this.generation }))
  }

  /** Speakers who are not understood any more: their own doing. */
  retire(names: readonly string[]): void {
    this.names = this.names.filter((name) => !names.includes(name))
  }

  /** Two new lives of each of them, the last one `up`; gives those that one of the two does not hear any more. */
  async reset(names: readonly string[]): Promise<string[]> {
    const deaf = new Set<string>()
    for (const st of ['active', 'up']) {
      this.generation += 0x10
      const has = ({ heartbeat, hb }: Heard, name: string) => heartbeat.get(name) === st && hb.get(name) === st
      await this.send(names.map((name) => plain({ name, generation: this.generation }, st)))
      const heard = await this.settle((h) => names.every((name) => has(h, name)), QUIET_FOR_RIGHT_MS)
      for (const name of names) if (!has(heard, name)) deaf.add(name)
    }
    return [...deaf]
  }

  /** Until it is as expected, or has not changed for a while. */
  async settle(expected: (heard: Heard) => boolean, quietMs = QUIET_MS): Promise<Heard> {
    const endMs = performance.now() + SETTLE_MS
    let before = ''
    let sinceMs = performance.now()
    for (;;) {
      const heard = await this.look()
      const now = JSON.stringify([...heard.heartbeat, ...heard.hb])
      if (now !== before) sinceMs = performance.now()
      before = now
      if (expected(heard) || performance.now() - sinceMs > quietMs || performance.now() > endMs) return heard
      await Bun.sleep(50)
    }
  }

  async send(datagrams: readonly string[]): Promise<void> {
    const file = join(this.folder, 'datagrams')
    writeFileSync(file, '')
    for (const d of datagrams) appendFileSync(file, `${Buffer.from(d, 'latin1').toString('base64')}\n`)
    const sender = join(import.meta.dir, 'send.ts')
    await this.lab.run('net', 'client', process.execPath, sender, file, BROADCAST)
  }

  async heartbeatIsDead(): Promise<boolean> {
    const ran = await this.lab.ask('exec', 'node1', 'sh', '-c', 'kill -0 $(cat /run/heartbeat.pid)')
    return ran.code !== 0
  }

  heartbeatLog(): string {
    return readFileSync(this.log, 'latin1')
  }

  async look(): Promise<Heard> {
    const said = this.heartbeatLog().matchAll(/Status update for node (\S+): status (.*)/g)
    const status = JSON.parse(await this.lab.run('exec', 'node2', hbProgram, 'status', '--json')) as {
      readonly nodes: readonly { readonly node: string; readonly state: string }[]
    }
    return {
      heartbeat: new Map([...said].map((m) => [m[1]!, m[2]!])),
      hb: new Map(status.nodes.map((n) => [n.node, n.state])),
    }
  }
}
