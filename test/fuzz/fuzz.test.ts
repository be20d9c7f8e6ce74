/** The measure itself: a reader that throws, is slow, or keeps what it is given is found. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { pace } from '../pace.ts'
import { fuzz, fuzzAsync, LONG_MS } from './fuzz.ts'

setDefaultTimeout(LONG_MS)

const bytes = fc.nat(1000)

function busy(ms: number): void {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

test('one input in a thousand throws', () => {
  const read = (n: number) => {
    if (n === 77) throw new Error('the seventy-seventh')
  }
  expect(() => fuzz('one throws', bytes, 20_000, read)).toThrow('the seventy-seventh')
})

test('one input in a thousand takes twice as long as any may', async () => {
  const read = (n: number) => (n === 77 ? busy(2 * pace()) : undefined)
  expect(() => fuzz('one is slow', bytes, 20_000, read)).toThrow('more than 1 ms')
  await expect(fuzzAsync('one is slow later', bytes, 20_000, async (n) => read(n))).rejects.toThrow('more than 1 ms')
})

test('a kilobyte of each input is kept', () => {
  const kept: Uint8Array[] = []
  const read = (n: number) => void kept.push(new Uint8Array(1024).fill(n))
  expect(() => fuzz('all are kept', bytes, 20_000, read)).toThrow('KiB are kept')
  expect(kept.length).toBeGreaterThan(0)
})
