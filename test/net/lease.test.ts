/** The kernel lease: what it takes away, what renews it, and what is put right at each beat. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { leaseSeconds } from '../../src/agents/reconcile.ts'
import { Monitor } from '../../src/linux/monitor.ts'
import { Bench, resource, sleep } from './bench.ts'
import { ip, whyNoNamespaces } from './namespace.ts'

const skip = whyNoNamespaces('test/net/lease') !== null
const FOUR = 'IPaddr::10.9.0.50/24/eth0'
const SIX = 'IPv6addr::fd00::9/64/eth0'

describe('the lease of a deadtime', () => {
  test.each([
    [30_000, 1000, 29],
    [10_000, 1000, 9],
    [2500, 1000, 2],
    [3000, 200, 2],
    [1500, 500, 1],
    [500, 100, 1],
    // Ends after the peer may take over, by a little; but one of a second would end between two beats.
    [2100, 1000, 2],
  ])('%d ms, beaten every %d ms: %d s', (deadtimeMs, keepaliveMs, seconds) => {
    expect(leaseSeconds(deadtimeMs, keepaliveMs)).toBe(seconds)
  })
})

describe.skipIf(skip)('leases', () => {
  let bench: Bench
  beforeAll(() => {
    bench = new Bench()
  })
  afterEach(() => {
    for (const text of [FOUR, SIX]) bench.run('stop', text)
    bench.clean()
  })
  afterAll(() => bench.close())
  const beat = (wanted: string[], known: string[] = wanted, leaseMs: number | null = 1000) =>
    bench.agents.reconcile(wanted.map(resource), known.map(resource), leaseMs)

  test('an address that nobody renews is gone when its lease is over', async () => {
    bench.leaseMs = 1000
    const beganMs = performance.now()
    for (const text of [FOUR, SIX]) expect(bench.run('start', text).outcome).toBe('ok')
    await sleep(800)
    expect(bench.addresses()).toEqual(expect.arrayContaining(['10.9.0.50/24 eth0:0', 'fd00::9/64']))
    while (bench.addresses().length > 1 && performance.now() - beganMs < 3000) await sleep(20)
    expect(performance.now() - beganMs).toBeLessThan(1400)
  })

  test('one that is renewed stays, with few messages to others', async () => {
    bench.leaseMs = 1000
    for (const text of [FOUR, SIX]) bench.run('start', text)
    const monitor = new Monitor()
    const repairs = []
    for (let n = 0; n < 40; n++) {
      await sleep(50)
      repairs.push(...beat([FOUR, SIX]))
    }
    expect(repairs).toEqual([])
    expect(bench.addresses()).toEqual(expect.arrayContaining(['10.9.0.50/24 eth0:0', 'fd00::9/64']))
    // The link-local address, which is reported once its detection is over, has no end.
    const renewals = monitor.poll().filter((c) => c.kind === 'address' && !c.gone && c.address.validS !== null)
    // Every quarter of a second, for two seconds, of two addresses: not at each of the 40 beats.
    expect(renewals.length).toBeGreaterThanOrEqual(2 * 6)
    expect(renewals.length).toBeLessThanOrEqual(2 * 14)
    monitor.close()
  })

  test('a lease of null is for ever, also for what had one', () => {
    bench.leaseMs = 5000
    bench.run('start', FOUR)
    expect(bench.details('10.9.0.50')).toContain('sec preferred_lft')
    beat([FOUR], [FOUR], null)
    expect(bench.details('10.9.0.50')).toContain('valid_lft forever')
  })

  test('what another program removes is put back, announced and reported', () => {
    bench.run('start', FOUR)
    ip('addr del 10.9.0.50/24 dev eth0')
    expect(beat([FOUR])).toEqual([{ resource: FOUR, what: 'put-back', detail: '10.9.0.50/24 on eth0' }])
    expect(bench.addresses()).toContain('10.9.0.50/24 eth0:0')
    expect(bench.log.at(-1)).toBe('info announcing 10.9.0.50 on eth0: it was missing and has been put back')
    expect(beat([FOUR])).toEqual([])
  })

  test('what was never started here but is wanted is brought, too', () => {
    expect(beat([SIX])).toMatchObject([{ what: 'put-back' }])
    expect(beat([SIX])).toEqual([])
  })

  test('what is there without a lease is taken over quietly', () => {
    ip('addr add 10.9.0.50/24 dev eth0')
    expect(beat([FOUR], [FOUR], 5000)).toEqual([])
    expect(bench.details('10.9.0.50')).toMatch(/valid_lft [34]sec/)
    expect(bench.log.at(-1)).toContain('it was here already')
  })

  test('a stray is removed; an address that haresources does not know is let alone', () => {
    bench.run('start', FOUR)
    ip('addr add 10.9.0.77/24 dev eth0')
    ip('addr add fd00::9/64 dev eth0')
    expect(beat([FOUR], [FOUR, SIX])).toEqual([{ resource: SIX, what: 'removed', detail: 'fd00::9/64 removed' }])
    expect(bench.addresses().sort()).toEqual(['10.9.0.1/24 eth0', '10.9.0.50/24 eth0:0', '10.9.0.77/24 eth0'])
    expect(beat([], [FOUR, SIX])).toMatchObject([{ resource: FOUR, what: 'removed' }])
  })

  test('the same address wanted under one name is no stray under another', () => {
    bench.run('start', FOUR)
    expect(beat([FOUR], [FOUR, '10.9.0.50'])).toEqual([])
  })

  test('a second copy on another interface is removed', () => {
    bench.run('start', FOUR)
    ip('link add other0 type veth peer name other1')
    ip('addr add 10.9.0.50/24 dev other0')
    expect(beat([FOUR])).toMatchObject([{ resource: FOUR, what: 'removed' }])
    expect(bench.addresses('other0')).toEqual([])
    expect(bench.addresses()).toContain('10.9.0.50/24 eth0:0')
    ip('link del other0')
  })

  test('an interface that vanishes is said once; when it returns the address does', () => {
    const text = 'IPaddr::10.8.0.1/24/spare'
    ip('link add spare type veth peer name spare1')
    bench.run('start', text)
    ip('link del spare')
    expect(beat([text])).toMatchObject([
      { resource: text, what: 'failed', detail: expect.stringContaining('no interface spare') },
    ])
    expect(beat([text])).toEqual([])
    ip('link add spare type veth peer name spare1')
    expect(beat([text])).toMatchObject([{ resource: text, what: 'put-back' }])
    expect(bench.addresses('spare')).toEqual(['10.8.0.1/24 spare:0'])
    ip('link del spare')
    bench.run('stop', text)
  })

  test('drop takes addresses off at once and silences them', () => {
    bench.run('start', FOUR)
    const dropped = bench.agents.drop([resource(FOUR), resource('apache')])
    expect(dropped).toMatchObject([{ resource: FOUR, result: { outcome: 'ok', detail: '10.9.0.50/24 removed' } }])
    expect(bench.addresses()).toEqual(['10.9.0.1/24 eth0'])
  })

  test('a hundred addresses are compared and renewed in little time', () => {
    const many = Array.from({ length: 100 }, (_, n) => `IPaddr2::10.9.1.${n + 1}/24/eth0`)
    beat(many, many, 5000)
    const tookMs = Array.from({ length: 5 }, () => {
      const beganMs = performance.now()
      expect(beat(many, many, 5000)).toEqual([])
      return performance.now() - beganMs
    })
    expect(Math.min(...tookMs)).toBeLessThan(50)
    beat([], many)
  })
})
