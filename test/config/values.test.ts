import { describe, expect, test } from 'bun:test'
import * as v from 'valibot'
import {
  absolutePath,
  address6,
  boolean,
  choice,
  device,
  group4,
  group6,
  host4,
  host6,
  nodeName,
  port,
  time,
  timeAboveZero,
} from '../../src/config/values.ts'

const schemas = { absolutePath, address6, device, group4, group6, host4, host6, nodeName, port }

const outcome = (schema: v.GenericSchema<string, unknown>, word: string) => {
  const result = v.safeParse(schema, word)
  return result.success ? result.output : `wrong: ${result.issues[0].message}`
}

describe('time', () => {
  test.each([
    ['2', 2000],
    ['1.5', 1500],
    ['.5', 500],
    ['2.', 2000],
    ['0', 0],
    ['1500ms', 1500],
    ['1500MSEC', 1500],
    ['1500msomething', 1500],
    ['500us', 1],
    ['499us', 0],
    ['1500usec', 2],
    ['1499usec', 1],
    ['2147483', 2147483000],
    ['2147484', 'wrong: a time of more than 24 days'],
    ['2s', 'wrong: seconds are written without a unit'],
    ['2sec', 'wrong: seconds are written without a unit'],
    ['1min', 'wrong: a time has no unit for minutes'],
    ['1m', 'wrong: a time has no unit for minutes'],
    ['2h', 'wrong: a time has no unit for hours'],
    ['-5', 'wrong: not a time'],
    ['+5', 'wrong: not a time'],
    ['1e3', 'wrong: not a time'],
    ['0x10', 'wrong: not a time'],
    ['.', 'wrong: not a time'],
    ['ms', 'wrong: not a time'],
    ['1.2.3', 'wrong: not a time'],
    ['', 'wrong: not a time'],
  ])('%p is %p', (word, expected) => expect(outcome(time, word)).toBe(expected))

  test.each([
    ['3s', 'write 3'],
    ['2min', 'write 120, in seconds'],
    ['1h', 'write 3600, in seconds'],
  ])('the remedy for %p is to %s', (word, remedy) => expect(v.safeParse(time, word).issues?.[0].expected).toBe(remedy))

  test('a time above zero is not zero, not even by rounding', () => {
    expect(outcome(timeAboveZero, '499us')).toBe('wrong: this time must be more than 0')
    expect(outcome(timeAboveZero, '1ms')).toBe(1)
  })
})

describe('boolean', () => {
  test.each(['true', 'on', 'yes', 'y', '1', 'TRUE', 'On', 'Y'])('%s is true', (word) =>
    expect(outcome(boolean, word)).toBe(true),
  )
  test.each(['false', 'off', 'no', 'n', '0', 'OFF', 'No'])('%s is false', (word) =>
    expect(outcome(boolean, word)).toBe(false),
  )
  test.each(['', 't', 'f', '2', 'enable', 'yes!', 'legacy'])('%p is neither', (word) =>
    expect(outcome(boolean, word)).toBe('wrong: neither yes nor no'),
  )
})

describe('numbers, names and addresses', () => {
  test.each<[keyof typeof schemas, string, unknown]>([
    ['port', '694', 694],
    ['port', '0', 'wrong: out of range'],
    ['port', '65536', 'wrong: out of range'],
    ['port', '-1', 'wrong: out of range'],
    ['port', '6.94', 'wrong: not a whole number'],
    ['port', '0x2b6', 'wrong: not a whole number'],
    ['nodeName', 'Alpha.Example.ORG', 'alpha.example.org'],
    ['nodeName', 'x'.repeat(99), 'x'.repeat(99)],
    ['nodeName', 'x'.repeat(100), 'wrong: not a node name'],
    ['nodeName', 'zwölf', 'wrong: not a node name'],
    ['device', 'eth0', 'eth0'],
    ['device', 'x'.repeat(16), 'wrong: not an interface name'],
    ['device', 'a/b', 'wrong: not an interface name'],
    ['host4', '10.0.0.1', '10.0.0.1'],
    ['host4', 'node2.example.org', 'node2.example.org'],
    ['host4', '10.0.0.256', 'wrong: neither an IPv4 address nor a host name'],
    ['host4', '10.0.0', 'wrong: neither an IPv4 address nor a host name'],
    ['host6', 'fe80::2', 'fe80::2'],
    ['host6', 'fe80::2%eth0', 'fe80::2%eth0'],
    ['host6', 'fe80::2::3', 'wrong: neither an IPv6 address nor a host name'],
    ['address6', '2001:db8::1', '2001:db8::1'],
    ['address6', 'router', 'wrong: not an IPv6 address'],
    ['group4', '224.0.0.1', '224.0.0.1'],
    ['group4', '239.255.255.255', '239.255.255.255'],
    ['group4', '223.0.0.1', 'wrong: not an IPv4 multicast group'],
    ['group4', '240.0.0.1', 'wrong: not an IPv4 multicast group'],
    ['group6', 'ff02::42', 'ff02::42'],
    ['group6', 'fe80::42', 'wrong: not an IPv6 multicast group'],
    ['absolutePath', '/dev/watchdog', '/dev/watchdog'],
    ['absolutePath', 'dev/watchdog', 'wrong: not a full path'],
    ['absolutePath', '/', 'wrong: not a full path'],
  ])('%s: %s', (name, word, expected) => expect(outcome(schemas[name], word)).toBe(expected as string))

  test('a choice is one of its words in any case', () => {
    const schema = choice('file', 'nodename')
    expect(outcome(schema, 'File')).toBe('file')
    expect(outcome(schema, 'disk')).toBe('wrong: not one of the words for it')
    expect(v.safeParse(schema, 'disk').issues?.[0].expected).toBe('file, nodename')
  })
})
