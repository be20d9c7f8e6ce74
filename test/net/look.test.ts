/** Whether anybody answers for an address: asked from here, answered by the other side's kernel. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { Bench, resource, sleep } from './bench.ts'
import { ip, whyNoNamespaces } from './namespace.ts'

const skip = whyNoNamespaces('test/net/look') !== null
const FOUR = 'IPaddr::10.9.0.50/24/eth0'
const POLL_MS = 100

describe.skipIf(skip)('a look', () => {
  let bench: Bench
  let polling: ReturnType<typeof setInterval>

  beforeAll(async () => {
    bench = new Bench()
    bench.agents.poll()
    polling = setInterval(() => bench.agents.poll(), POLL_MS)
    // The kernel drops what is sent in the first moment after an interface got its carrier.
    await sleep(100)
  })
  afterEach(() => {
    bench.pair.there(() => {
      ip('addr flush dev peer0 scope global')
      ip('addr add 10.9.0.2/24 brd 10.9.0.255 dev peer0')
    })
    ip('link set eth0 up')
  })
  afterAll(() => {
    clearInterval(polling)
    bench.close()
  })

  const beside = [['eth0', '10.9.0.2']] as const
  const look = (text = FOUR, others: readonly (readonly [string, string])[] = beside) =>
    bench.agents.look(resource(text), others)

  test('finds who serves it, and teaches nobody anything', async () => {
    bench.pair.there(() => ip('addr add 10.9.0.50/24 dev peer0'))
    expect(await look()).toBe('served')
    expect(await look('IPaddr2::10.9.0.50')).toBe('served')
    expect(bench.pair.there(() => ip('neigh show'))).not.toContain('10.9.0.1 ')
  })

  test('finds that nobody does, though the other host is there', async () => {
    expect(await look()).toBe('silent')
    expect(await Promise.all([look(), look('IPaddr::10.9.0.51/24/eth0')])).toEqual(['silent', 'silent'])
  })

  test('cannot tell where not even the other host answers', async () => {
    expect(await look(FOUR, [['eth0', '10.9.0.77']])).toBe('unknown')
    expect(await look(FOUR, [['eth1', '10.9.0.2']])).toBe('unknown')
    expect(await look(FOUR, [])).toBe('unknown')
    expect(await look(FOUR, [['eth0', 'fe80::1']])).toBe('unknown')
  })

  test('cannot tell what ARP does not know, or where there is no such interface', async () => {
    expect(await look('IPv6addr::fd00::9/64/eth0')).toBe('unknown')
    expect(await look('IPaddr::10.9.0.50/24/eth7')).toBe('unknown')
    expect(await look('IPaddr::10.9.0.50/24/lo')).toBe('unknown')
    expect(await look('IPaddr::nonsense')).toBe('unknown')
    ip('link set eth0 down')
    expect(await look()).toBe('unknown')
  })
})
