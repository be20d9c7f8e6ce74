/** Start, stop and status of addresses, on a real interface in a namespace. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { Bench } from './bench.ts'
import { ip, whyNoNamespaces } from './namespace.ts'

const skip = whyNoNamespaces('test/net/address') !== null

describe.skipIf(skip)('addresses', () => {
  let bench: Bench
  beforeAll(() => {
    bench = new Bench()
  })
  afterEach(() => bench.clean())
  afterAll(() => bench.close())
  const outcome = (op: 'start' | 'stop' | 'status', text: string) => bench.run(op, text).outcome
  const BASE = '10.9.0.1/24 eth0'

  test('start, status, stop, and both again', () => {
    const text = 'IPaddr::10.9.0.50/24/eth0'
    expect(outcome('status', text)).toBe('stopped')
    expect(outcome('start', text)).toBe('ok')
    expect(bench.run('status', text)).toMatchObject({ outcome: 'running', detail: '10.9.0.50/24 on eth0:0' })
    expect(outcome('start', text)).toBe('ok')
    expect(bench.addresses()).toEqual([BASE, '10.9.0.50/24 eth0:0'])
    expect(outcome('stop', text)).toBe('ok')
    expect(bench.addresses()).toEqual([BASE])
    expect(bench.run('stop', text)).toMatchObject({ outcome: 'ok', detail: '10.9.0.50 was not here' })
    expect(ip('link show eth0')).toContain('UP')
  })

  test('up and announced within 5 ms', () => {
    bench.run('start', 'IPaddr::10.9.0.49/24/eth0')
    const tookMs: number[] = []
    for (let n = 50; n < 60; n++) {
      const beganMs = performance.now()
      bench.run('start', `IPaddr::10.9.0.${n}/24/eth0`)
      tookMs.push(performance.now() - beganMs)
    }
    expect(tookMs.sort((a, b) => a - b)[5]!).toBeLessThan(5)
  })

  test('IPaddr takes the lowest free alias, and computes the broadcast address', () => {
    for (const n of [50, 51, 52]) outcome('start', `10.9.0.${n}`)
    outcome('stop', '10.9.0.51')
    outcome('start', '10.9.0.53')
    expect(bench.addresses()).toEqual([BASE, '10.9.0.50/24 eth0:0', '10.9.0.52/24 eth0:2', '10.9.0.53/24 eth0:1'])
    expect(bench.details('10.9.0.53')).toContain('brd 10.9.0.255')
  })

  test('IPaddr2 has a label only when one is given, and the broadcast address of its neighbours', () => {
    outcome('start', 'IPaddr2::10.9.0.50/24/eth0')
    outcome('start', 'IPaddr2::10.9.0.51/24/eth0:web/-')
    outcome('start', 'IPaddr2::10.9.0.52/24/eth0/+')
    outcome('start', 'IPaddr2::172.20.0.1/16/eth0')
    expect(bench.addresses()).toEqual([
      ...[BASE, '172.20.0.1/16 eth0', '10.9.0.50/24 eth0', '10.9.0.51/24 eth0:web', '10.9.0.52/24 eth0'],
    ])
    expect(bench.details('10.9.0.50')).toContain('brd 10.9.0.255')
    expect(bench.details('10.9.0.51')).not.toContain('brd')
    expect(bench.details('10.9.0.52')).toContain('brd 10.9.0.255')
    expect(bench.details('172.20.0.1')).not.toContain('brd')
  })

  test('an IPv6 address is usable at once', () => {
    expect(outcome('start', 'fd00::9/64/eth0')).toBe('ok')
    expect(bench.details('fd00::9')).toContain('nodad')
    expect(bench.details('fd00::9')).not.toContain('tentative')
    expect(outcome('status', 'IPv6addr::fd00::9')).toBe('running')
    expect(outcome('stop', 'fd00::9/64/eth0')).toBe('ok')
    expect(bench.details('fd00::9')).toBe('')
  })

  test('an IPv6 address that duplicate detection still holds up is freed', () => {
    ip('addr add fd00::9/64 dev eth0')
    expect(outcome('start', 'fd00::9/64/eth0')).toBe('ok')
    expect(bench.details('fd00::9')).not.toContain('tentative')
  })

  test('an interface that is down is switched on', () => {
    ip('link add spare type veth peer name spare1')
    expect(outcome('start', 'IPaddr::10.8.0.1/24/spare')).toBe('ok')
    expect(ip('link show spare')).toContain(',UP')
    ip('link del spare')
    expect(outcome('stop', 'IPaddr::10.8.0.1/24/spare')).toBe('ok')
  })

  test('an interface that is missing is said, and so is what there is', () => {
    expect(bench.run('start', 'IPaddr::10.9.0.50/24/eth7')).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(/^there is no interface eth7: this host has lo, eth0/),
    })
  })

  test('an argument that is wrong is said with its place', () => {
    expect(bench.run('start', 'IPaddr::10.9.0.50/99')).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('/etc/ha.d/haresources:1: 99: not a netmask'),
    })
  })

  test('left behind by another run: taken over, with a lease', () => {
    ip('addr add 10.9.0.50/24 dev eth0 label eth0:7')
    bench.leaseMs = 60_000
    expect(bench.run('start', '10.9.0.50').detail).toContain('taken over')
    expect(bench.addresses()).toEqual([BASE, '10.9.0.50/24 eth0:7'])
    expect(bench.details('10.9.0.50')).toMatch(/valid_lft (59|58)sec/)
  })

  test('with another prefix length, or on another interface: moved, and said', () => {
    ip('addr add 10.9.0.50/32 dev eth0')
    expect(outcome('status', 'IPaddr2::10.9.0.50/24/eth0')).toBe('stopped')
    expect(bench.run('start', 'IPaddr2::10.9.0.50/24/eth0').detail).toContain('had /32 instead of /24: moved')
    expect(bench.addresses()).toEqual([BASE, '10.9.0.50/24 eth0'])
    ip('link add other0 type veth peer name other1')
    ip('addr add 10.9.0.51/24 dev other0')
    expect(bench.run('status', 'IPaddr::10.9.0.51/24/eth0')).toMatchObject({
      outcome: 'stopped',
      detail: '10.9.0.51/24 on other0, wanted /24 on eth0',
    })
    expect(bench.run('start', 'IPaddr::10.9.0.51/24/eth0').detail).toContain('instead of eth0: moved')
    expect(bench.addresses('other0')).toEqual([])
    ip('link del other0')
  })

  test('on the loopback interface for LVS: IPaddr2 borrows it, and gives it back', () => {
    ip('addr add 10.9.0.50/32 dev lo')
    expect(outcome('status', 'IPaddr2::10.9.0.50/24/eth0')).toBe('stopped')
    expect(outcome('start', 'IPaddr2::10.9.0.50/24/eth0')).toBe('ok')
    expect(bench.addresses('lo')).not.toContain('10.9.0.50/32 lo')
    expect(outcome('stop', 'IPaddr2::10.9.0.50/24/eth0')).toBe('ok')
    expect(bench.addresses('lo')).toContain('10.9.0.50/32 lo')
    ip('addr del 10.9.0.50/32 dev lo')
  })

  test('stop of the first address of a network does not take the others along', () => {
    outcome('start', 'IPaddr::192.0.2.5/24/eth0')
    for (const n of [6, 7]) ip(`addr add 192.0.2.${n}/24 dev eth0`)
    expect(bench.run('stop', 'IPaddr::192.0.2.5/24/eth0').detail).toBe(
      '192.0.2.5/24 removed; 192.0.2.6/24, which the kernel dropped with it, put back; 192.0.2.7/24, which the kernel dropped with it, put back',
    )
    expect(bench.addresses()).toEqual(expect.arrayContaining(['192.0.2.6/24 eth0', '192.0.2.7/24 eth0']))
  })

  test('without an interface the routes decide; with none there is a reason', () => {
    ip('link add far0 type veth peer name far1')
    ip('addr add 10.7.0.1/16 dev far0')
    ip('link set far0 up')
    expect(outcome('start', '10.7.1.1')).toBe('ok')
    expect(bench.addresses('far0')).toContain('10.7.1.1/16 far0:0')
    expect(bench.run('start', '203.0.113.1').detail).toContain('no route leads to 203.0.113.1')
    ip('route add default via 10.9.0.2')
    expect(bench.run('start', '203.0.113.1').detail).toContain('only the default route leads to 203.0.113.1')
    expect(outcome('start', '203.0.113.1/32')).toBe('ok')
    expect(bench.addresses()).toContain('203.0.113.1/32 eth0:0')
    expect(bench.run('start', 'IPaddr2::203.0.113.2').detail).toContain('no network of this host holds 203.0.113.2')
    ip('link del far0')
  })

  test('127.x goes to the loopback interface', () => {
    expect(outcome('start', '127.3.3.3')).toBe('ok')
    expect(bench.addresses('lo')).toContain('127.3.3.3/8 lo:0')
    expect(outcome('stop', '127.3.3.3')).toBe('ok')
  })
})
