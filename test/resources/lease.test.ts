import { describe, expect, test } from 'bun:test'
import { leaseMs, renewalMs } from '../../src/resources/assertion.ts'

const KERNEL_LATE_MS = 330

describe('the lease', () => {
  test('whole seconds, at least one', () => {
    expect(leaseMs(1000)).toBe(1000)
    expect(leaseMs(2000)).toBe(1000)
    expect(leaseMs(3000)).toBe(2000)
    expect(leaseMs(30_000)).toBe(29_000)
  })

  test('it ends before the other node acts, however late the kernel and whenever the daemon dies', () => {
    for (let deadtimeMs = 2000; deadtimeMs <= 40_000; deadtimeMs += 10) {
      for (const part of [0.05, 0.2, 0.4, 0.49]) {
        const keepaliveMs = Math.floor(deadtimeMs * part)
        const lastRenewalMs = renewalMs(keepaliveMs, deadtimeMs) ?? 0
        expect(lastRenewalMs + leaseMs(deadtimeMs) + KERNEL_LATE_MS).toBeLessThan(deadtimeMs)
      }
    }
  })

  test('it lasts from one renewal to the next', () => {
    for (let deadtimeMs = 500; deadtimeMs <= 40_000; deadtimeMs += 10) {
      for (const part of [0.05, 0.2, 0.4, 0.49]) {
        const keepaliveMs = Math.floor(deadtimeMs * part)
        const between = renewalMs(keepaliveMs, deadtimeMs)
        const longestMs = between === null ? keepaliveMs : Math.max(between, keepaliveMs - between)
        expect(longestMs).toBeLessThan(leaseMs(deadtimeMs))
      }
    }
  })
})
