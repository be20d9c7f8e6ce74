/** Two hosts with HAProxy and hb, two web servers behind them, and a client that asks ten times a second. */
import { join } from 'node:path'
import { Cluster, waitFor } from '../e2e/harness.ts'
import { Lab } from '../lab/lab.ts'
import type { Asked } from './client.ts'

export const address = '10.77.0.100'
const labCommand = join(import.meta.dir, '../lab/lab')

export const haproxyConfig = `global
    maxconn 200
defaults
    mode http
    timeout connect 500ms
    timeout client 5s
    timeout server 5s
    retries 2
    option redispatch
frontend www
    bind ${address}:80
    default_backend web
backend web
    balance roundrobin
    server one 10.77.0.3:8080 check inter 500ms
    server two 10.77.0.4:8080 check inter 500ms
`

export const monitor = `monitor ${address}/24/eth0 every 500ms timeout 500ms fail 2 restarts 0 via http http://${address}/\n`

export class Scene {
  readonly cluster = new Cluster(new Lab(`h${process.pid}`))

  async up(): Promise<void> {
    const { cluster } = this
    const { lab } = cluster
    await lab.up(4)
    await cluster.configure({ hbcf: monitor, haresources: `node1 ${address}/24/eth0\n` })
    const file = join(import.meta.dir, 'web.ts')
    for (const [host, name] of [
      ['node3', 'one'],
      ['node4', 'two'],
    ] as const) {
      await lab.run('start', host, process.execPath, file, name)
    }
    for (const host of ['node1', 'node2']) {
      await lab.put(host, '/etc/ha.d', 'haproxy.cfg', haproxyConfig)
      await lab.run('exec', host, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind')
      await this.haproxy(host)
    }
    await cluster.start('node1', 'node2')
    await cluster.agreed()
  }

  haproxy(host: string): Promise<string> {
    return this.cluster.lab.run('start', host, 'haproxy', '-db', '-f', '/etc/ha.d/haproxy.cfg')
  }

  /** Asks while something happens, and for some seconds after the address has come to a host. */
  async outage(what: () => Promise<unknown>, to: string): Promise<Asked> {
    const { lab } = this.cluster
    const words = ['net', 'client', process.execPath, join(import.meta.dir, 'client.ts'), `http://${address}/`]
    const child = Bun.spawn([labCommand, '-n', lab.name, ...words], {
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'inherit',
    })
    const reader = (child.stdout as ReadableStream<Uint8Array>).getReader()
    const decoder = new TextDecoder()
    let text = ''
    const until = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const found = pattern.exec(text)
        if (found) return found[0]
        const { done, value } = await reader.read()
        if (done) throw new Error('the client ended without a word')
        text += decoder.decode(value)
      }
    }
    await until(/ready/)
    await what()
    await waitFor(
      `${address} on ${to}`,
      15_000,
      () => lab.holders(address),
      (h) => Bun.deepEquals(h, [to]),
    )
    await Bun.sleep(2500)
    child.stdin.write('\n')
    child.stdin.flush()
    return JSON.parse(await until(/\{.*\}/)) as Asked
  }
}
