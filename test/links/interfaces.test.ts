import { expect, test } from 'bun:test'
import { computedBroadcast, lookUpInterface } from '../../src/links/interfaces.ts'
import { openDescriptors } from './helpers.ts'

test('the loopback interface is number 1 and has no broadcast', () => {
  expect(lookUpInterface('lo')).toEqual({ index: 1, up: true, running: true, broadcast: null })
})

test('a name that no interface has, or can have', () => {
  expect(lookUpInterface('nosuchif0')).toBeNull()
  expect(lookUpInterface('')).toBeNull()
  expect(lookUpInterface('a-name-of-more-than-15-bytes')).toBeNull()
})

test('looking leaves no descriptor open', () => {
  const before = openDescriptors()
  for (let i = 0; i < 200; i++) lookUpInterface(i % 2 === 0 ? 'lo' : 'nosuchif0')
  expect(openDescriptors()).toBe(before)
})

test('the broadcast address that a network has by its mask', () => {
  expect(computedBroadcast(0x0a090001, 0xffffff00)).toBe('10.9.0.255')
  expect(computedBroadcast(0xc0a8fe01, 0xfffffffc)).toBe('192.168.254.3')
  expect(computedBroadcast(0x0a090001, 0xff000000)).toBe('10.255.255.255')
  expect(computedBroadcast(0x0a090001, 0xfffffffe)).toBeNull()
  expect(computedBroadcast(0x0a090001, 0xffffffff)).toBeNull()
})
