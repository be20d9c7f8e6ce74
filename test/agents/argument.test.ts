import { describe, expect, test } from 'bun:test'
import { isAddress, isProblem, parseArgument } from '../../src/agents/argument.ts'
import type { Resource } from '../../src/config/types.ts'
import { formatIp } from '../../src/linux/ip.ts'

function resource(text: string): Resource {
  const [script, ...args] = text.split('::') as [string, ...string[]]
  return { text, script, args, file: '/etc/ha.d/haresources', line: 3, column: 7 }
}

/** The parsed argument as one line: ip prefix device label broadcast, '.' for null. */
function summary(text: string): string {
  const spec = parseArgument(resource(text))
  if (isProblem(spec)) return `${spec.word}: ${spec.message}`
  const broadcast = spec.broadcast instanceof Uint8Array ? formatIp(spec.broadcast) : spec.broadcast
  return [formatIp(spec.ip), spec.prefix, spec.device, spec.label, broadcast].map((v) => v ?? '.').join(' ')
}

describe('what the argument means', () => {
  test.each([
    ['IPaddr::135.9.8.7', '135.9.8.7 . . . .'],
    ['IPaddr::135.9.8.7/24', '135.9.8.7 24 . . .'],
    ['IPaddr::135.9.8.7/255.255.240.0', '135.9.8.7 20 . . .'],
    ['IPaddr::135.9.8.7/24/eth0', '135.9.8.7 24 eth0 . .'],
    ['IPaddr::135.9.8.7/24/eth0:3', '135.9.8.7 24 eth0 . .'],
    ['IPaddr::135.9.8.7/24/135.9.8.255', '135.9.8.7 24 . . 135.9.8.255'],
    ['IPaddr::135.9.8.7/24/eth0/135.9.8.255', '135.9.8.7 24 eth0 . 135.9.8.255'],
    ['IPaddr2::135.9.8.7/24/eth0:web', '135.9.8.7 24 eth0 eth0:web .'],
    ['IPaddr2::135.9.8.7/24/eth0/+', '135.9.8.7 24 eth0 . +'],
    ['IPaddr2::135.9.8.7/24/eth0/-', '135.9.8.7 24 eth0 . -'],
    ['IPaddr2::135.9.8.7/24/eth0/135.9.255.255', '135.9.8.7 24 eth0 . 135.9.255.255'],
    ['IPaddr2::fd00::9/64/eth0:x', 'fd00::9 64 eth0 . .'],
    ['IPv6addr::2001:db8::1', '2001:db8::1 . . . .'],
    ['IPv6addr::2001:db8::1/64/eth0', '2001:db8::1 64 eth0 . .'],
    ['IPv6addr::2001:db8:0:0:0:0:0:1/64', '2001:db8::1 64 . . .'],
  ])('%s', (text, expected) => {
    expect(summary(text)).toBe(expected)
  })
})

describe('what is refused, with the word that is wrong', () => {
  test.each([
    ['IPaddr', 'IPaddr: IPaddr has no address'],
    ['IPaddr::', 'IPaddr::: IPaddr has no address'],
    ['IPaddr::135.9.8', '135.9.8: not an IP address'],
    ['IPaddr::135.9.8.7::eth0', '135.9.8.7::eth0: not an IP address'],
    ['IPaddr::135.9.8.7/33', '33: not a netmask'],
    ['IPaddr::135.9.8.7/0', '0: not a netmask'],
    ['IPaddr::135.9.8.7/255.0.255.0', '255.0.255.0: not a netmask'],
    ['IPaddr::135.9.8.7/', ': not a netmask'],
    ['IPaddr::135.9.8.7/24/', ': not the name of an interface'],
    ['IPaddr::135.9.8.7/24/averyveryverylongname', 'averyveryverylongname: not the name of an interface'],
    ['IPaddr::135.9.8.7/24/eth0/135.9.8.254', '135.9.8.254: not the broadcast address of 135.9.8.7/24'],
    ['IPaddr::135.9.8.7/24/eth0/+', '+: not a broadcast address'],
    ['IPaddr::135.9.8.7/24/eth0/135.9.8.255/x', '135.9.8.7/24/eth0/135.9.8.255/x: too many parts'],
    ['IPaddr2::135.9.8.7/24/eth0:', 'eth0:: not an interface with label'],
    ['IPaddr2::135.9.8.7/24/eth0:webserver11', 'eth0:webserver11: longer than 15 characters'],
    ['IPaddr::2001:db8::1', '2001:db8::1: IPaddr takes IPv4 addresses only'],
    ['IPv6addr::135.9.8.7', '135.9.8.7: IPv6addr takes IPv6 addresses only'],
    ['IPv6addr::fd00::9/129', '129: not a netmask'],
    ['IPv6addr::fd00::9/64/eth0/fd00::ff', 'fd00::ff: IPv6 has no broadcast addresses'],
  ])('%s', (text, expected) => {
    expect(summary(text)).toBe(expected)
  })

  test('a problem names its place and a remedy', () => {
    expect(parseArgument(resource('IPaddr::135.9.8.7/24/eth0/135.9.8.1'))).toMatchObject({
      file: '/etc/ha.d/haresources',
      line: 3,
      column: 7,
      severity: 'error',
      remedy: 'write 135.9.8.255 or leave it out',
    })
  })
})

test('three names are addresses, everything else is a script', () => {
  expect(['IPaddr', 'IPaddr2', 'IPv6addr', 'IPaddr3', 'apache', 'SendArp'].map((s) => isAddress(resource(s)))).toEqual([
    ...[true, true, true],
    ...[false, false, false],
  ])
})
