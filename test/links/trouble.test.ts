import { expect, test } from 'bun:test'
import { concernsLink, describe } from '../../src/links/trouble.ts'

test('an error is named, and explained where there is something to do', () => {
  expect(describe('ENETUNREACH')).toBe('ENETUNREACH (no route; give the interface an address)')
  expect(describe('EADDRINUSE')).toContain('choose another udpport')
  expect(describe('EIO')).toBe('EIO')
})

test('a gone interface concerns the link; a full queue or an oversize datagram does not', () => {
  expect(['ENODEV', 'ENXIO', 'ENETDOWN', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EPERM'].every(concernsLink)).toBe(true)
  expect(['EAGAIN', 'ENOBUFS', 'ENOMEM', 'EMSGSIZE', 'EINTR'].some(concernsLink)).toBe(false)
})
