import { describe, expect, test } from 'bun:test'
import { parseIp } from '../../src/linux/ip.ts'
import { attribute, u32 } from '../../src/linux/netlink.ts'
import { chooseByMetric, chooseOnLink, parseRoute, type Route } from '../../src/linux/routes.ts'

const ip = (text: string): Uint8Array => parseIp(text)!

/** "10.9.0.0/24 3 metric 100": on link unless it says "via". */
function route(text: string): Route {
  const [net, index, ...rest] = text.split(' ')
  const [network, prefix] = net!.split('/')
  const metric = rest.includes('metric') ? Number(rest[rest.indexOf('metric') + 1]) : 0
  return { network: ip(network!), prefix: Number(prefix), index: Number(index), metric, onLink: !rest.includes('via') }
}
const routes = (...texts: string[]): Route[] => texts.map(route)

describe("IPaddr's choice", () => {
  test.each([
    ['the longest mask', ['0.0.0.0/0 2 via', '10.0.0.0/8 3', '10.9.0.0/24 4'], null, 4, 24],
    ['before that the lowest metric', ['10.9.0.0/24 4 metric 100', '10.0.0.0/8 3'], null, 4, 24],
    [
      'a better metric with a shorter mask does not replace',
      ['10.9.0.0/24 4 metric 5', '10.9.0.0/16 3 metric 1'],
      null,
      4,
      24,
    ],
    ['of equals the last in the table', ['10.9.0.0/24 3', '10.9.0.0/24 4'], null, 4, 24],
    ['a longer mask with a worse metric loses', ['10.0.0.0/8 3 metric 1', '10.9.0.0/24 4 metric 2'], null, 3, 8],
    ['a route through a router serves too', ['10.9.0.0/24 3 via'], null, 3, 24],
    ['the given mask goes before the route’s', ['10.9.0.0/24 3'], 32, 3, 32],
    ['the default route, when the mask is given', ['0.0.0.0/0 2 via'], 24, 2, 24],
  ] as const)('%s', (_, table, given, index, prefix) => {
    expect(chooseByMetric(routes(...table), ip('10.9.0.50'), given)).toEqual({ index, prefix })
  })

  test('the default route alone says nothing about the mask', () => {
    const choice = chooseByMetric(routes('0.0.0.0/0 2 via'), ip('10.9.0.50'), null)
    expect(choice).toEqual({
      problem: expect.stringContaining('only the default route leads to 10.9.0.50: write netmask'),
    })
  })

  test('no route at all', () => {
    const choice = chooseByMetric(routes('192.0.2.0/24 2'), ip('10.9.0.50'), 24)
    expect(choice).toEqual({ problem: expect.stringContaining('no route leads to 10.9.0.50') })
  })
})

describe("IPaddr2's choice", () => {
  const table = routes('0.0.0.0/0 2 via', '10.9.0.0/24 3', '10.9.0.0/16 4', '10.9.0.0/25 5 via')

  test('the longest of the on-link routes', () => {
    expect(chooseOnLink(table, ip('10.9.0.50'), null, null)).toEqual({ index: 3, prefix: 24 })
  })

  test('no longer than the mask given, and on the interface given', () => {
    expect(chooseOnLink(table, ip('10.9.0.50'), 20, null)).toEqual({ index: 4, prefix: 20 })
    expect(chooseOnLink(table, ip('10.9.0.50'), null, 4)).toEqual({ index: 4, prefix: 16 })
  })

  test('a router in between is no place', () => {
    expect(chooseOnLink(table, ip('203.0.113.5'), null, null)).toEqual({
      problem: expect.stringContaining('no network of this host holds 203.0.113.5'),
    })
  })

  test('IPv6 as well', () => {
    const six: Route = { network: ip('fd00::'), prefix: 64, index: 7, metric: 256, onLink: true }
    expect(chooseOnLink([six], ip('fd00::9'), null, null)).toEqual({ index: 7, prefix: 64 })
  })
})

describe('what the kernel says', () => {
  const body = (fixed: readonly number[], ...parts: Uint8Array[]) => ({
    type: 24,
    flags: 0,
    seq: 1,
    body: new Uint8Array(Buffer.concat([Uint8Array.from(fixed), ...parts])),
  })
  const main = [2, 24, 0, 0, 254, 2, 253, 1, 0, 0, 0, 0]

  test('a connected network', () => {
    const parsed = parseRoute(body(main, attribute(1, ip('10.9.0.0')), attribute(4, u32(3)), attribute(6, u32(100))))
    expect(parsed).toEqual({ network: ip('10.9.0.0'), prefix: 24, index: 3, metric: 100, onLink: true })
  })

  test('a default route has no network in it', () => {
    const parsed = parseRoute(body([2, 0, 0, 0, 254, 2, 0, 1, 0, 0, 0, 0], attribute(4, u32(3))))
    expect(parsed).toEqual({ network: ip('0.0.0.0'), prefix: 0, index: 3, metric: 0, onLink: false })
  })

  test('other tables, other kinds and short messages are left out', () => {
    expect(parseRoute(body(main, attribute(4, u32(3)), attribute(15, u32(255))))).toBeUndefined()
    expect(parseRoute(body([2, 24, 0, 0, 254, 2, 253, 7, 0, 0, 0, 0], attribute(4, u32(3))))).toBeUndefined()
    expect(parseRoute(body(main))).toBeUndefined()
    expect(parseRoute(body([2, 24]))).toBeUndefined()
  })
})
