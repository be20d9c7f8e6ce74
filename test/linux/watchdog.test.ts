import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepNoLonger } from '../../src/linux/descriptors.ts'
import { Watchdog } from '../../src/linux/watchdog.ts'

const dir = mkdtempSync(join(tmpdir(), 'hb-dog-'))
afterAll(() => rmSync(dir, { recursive: true }))

function scene(name: string) {
  const logged: string[] = []
  const path = join(dir, name)
  const dog = new Watchdog((level, text) => logged.push(`${level} ${text}`))
  return { dog, path, logged, read: () => readFileSync(path, 'latin1') }
}

test('fed, and told of the end by the letter V', () => {
  const { dog, path, read } = scene('one')
  dog.use(path, 1000)
  dog.feed()
  dog.feed()
  dog.close()
  dog.feed()
  expect(read()).toBe('\0\0V')
})

test('without a device nothing is written, and one that cannot be opened is told', () => {
  const { dog, logged } = scene('none')
  dog.use(null, 1000)
  dog.feed()
  dog.use(join(dir, 'no/such/place'), 1000)
  dog.feed()
  dog.close()
  expect(logged).toEqual([expect.stringMatching(/^ERROR watchdog .*ENOENT.*going on without$/)])
})

test('another deadtime does not close it; another device gets the old one told; off is off', () => {
  const { dog, path, read } = scene('first')
  const second = join(dir, 'second')
  dog.use(path, 1000)
  dog.feed()
  dog.use(path, 5000)
  dog.feed()
  expect(read()).toBe('\0\0')
  dog.use(second, 5000)
  dog.feed()
  expect(read()).toBe('\0\0V')
  dog.use(null, 5000)
  expect(readFileSync(second, 'latin1')).toBe('\0V')
  expect(existsSync(path)).toBe(true)
})

test('the next program feeds the descriptor that this one had open', () => {
  const { dog, path, read } = scene('handed')
  dog.use(path, 1000)
  dog.feed()
  const next = new Watchdog(() => {}, dog.handOver())
  keepNoLonger()
  next.use(path, 1000)
  next.feed()
  expect(read()).toBe('\0\0')
  next.close()
  expect(read()).toBe('\0\0V')
})
