/** Monitors on hosts that hold nothing but hb and a configuration. */
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ADDRESS, HOLD_MS, Hosts, NAMES, TAKE_MS, until } from './hosts.ts'
import { skipped } from './place.ts'

setDefaultTimeout(60_000)
const off = skipped()
let hosts: Hosts | undefined
afterEach(() => hosts?.close())

describe.skipIf(off)('monitors need no shell, nor anything else of the host', () => {
  const service = `
    const answer = (request) => (request.url.endsWith('/end') ? process.exit(0) : new Response('ok'))
    Bun.serve({ hostname: '127.0.0.1', port: 8080, fetch: answer })`

  test.each(['tcp 127.0.0.1:8080', 'http http://127.0.0.1:8080/ expect 200'])(
    'via %s: the address is set anew in place when the service behind it dies, and moves when that does not help',
    async (via) => {
      const monitor = `monitor ${ADDRESS}/24/eth0 every 300ms timeout 300ms fail 2 restarts 1 within 60 via ${via}\n`
      const prepare = (root: string) => writeFileSync(join(root, 'etc/ha.d/hb.cf'), monitor)
      hosts = new Hosts({ prepare })
      await hosts.ready()
      for (const name of NAMES) hosts.serve(name, [process.execPath, '-e', service])
      for (const name of NAMES) {
        const answers = () => hosts!.see(name, ['curl', '-s', '-m', '1', 'http://127.0.0.1:8080/']) === 'ok'
        await until(`the service on ${name}`, 10_000, answers)
        hosts.start(name)
      }
      await until('alpha holds the address', HOLD_MS, () => hosts!.holds('alpha'))
      await Bun.sleep(1000)
      const status = () => hosts!.see('alpha', ['curl', '-s', '-m', '2', 'http://127.0.0.1:8694/status'])
      expect(JSON.parse(status()).counters.monitor_failures ?? 0).toBe(0)
      hosts.see('alpha', ['curl', '-s', '-m', '1', 'http://127.0.0.1:8080/end'])
      await until('beta holds the address', TAKE_MS, () => hosts!.holds('beta') && !hosts!.holds('alpha'))
      expect(JSON.parse(status()).counters).toMatchObject({ monitor_restarts: 1, monitor_failovers: 1 })
      for (const name of NAMES) expect(existsSync(join(hosts.root(name), 'bin'))).toBe(false)
    },
  )
})
