import { expect, test } from 'bun:test'
import { createResolver, type Lookup } from '../../src/links/resolver.ts'
import { sleep, until } from './helpers.ts'

const never: Lookup = () => {
  throw new Error('asked')
}

test('an address needs no asking', () => {
  for (const [name, family] of [['10.0.0.1', 4] as const, ['fe80::1%eth0', 6] as const]) {
    const resolver = createResolver(name, family, () => {}, { lookup: never })
    expect(resolver.address).toBe(name)
    expect(resolver.problem).toBe('')
  }
})

test('an address of the other family is a problem that no retry can mend', async () => {
  const resolver = createResolver('fe80::1', 4, () => {}, { lookup: never, retryMs: 1 })
  await sleep(5)
  expect(resolver.address).toBeNull()
  expect(resolver.problem).toBe("'fe80::1' is not an IPv4 address")
})

test('a name is asked for until there is an answer, and not again', async () => {
  const asked: string[] = []
  let changes = 0
  const lookup: Lookup = (name, family, answer) => {
    asked.push(`${name} ${family}`)
    setTimeout(() => (asked.length < 3 ? answer('ENOTFOUND', '') : answer('', '10.0.0.7')), 0)
  }
  const resolver = createResolver('beta', 4, () => changes++, { lookup, retryMs: 2 })
  expect(resolver.problem).toBe("'beta' is being looked up")
  await until('first refusal', () => changes === 1)
  expect(resolver.problem).toBe(
    "cannot find an IPv4 address of 'beta': ENOTFOUND; put it into /etc/hosts or give the address",
  )
  await until('an answer', () => resolver.address !== null)
  await sleep(10)
  expect(asked).toEqual(['beta 4', 'beta 4', 'beta 4'])
  expect(resolver.problem).toBe('')
})

test('nothing is told before createResolver has returned', async () => {
  let told = false
  createResolver('beta', 4, () => (told = true), { lookup: (_name, _family, answer) => answer('', '10.0.0.7') })
  expect(told).toBe(false)
  await until('told', () => told)
})

test('after close neither a late answer nor a retry is heard', async () => {
  let asked = 0
  let late = (_code: string, _address: string): void => {}
  const lookup: Lookup = (_name, _family, answer) => {
    asked++
    late = answer
  }
  const resolver = createResolver('beta', 4, () => expect.unreachable(), { lookup, retryMs: 1 })
  await until('asked', () => asked === 1)
  resolver.close()
  late('ENOTFOUND', '')
  await sleep(10)
  expect(asked).toBe(1)
  expect(resolver.address).toBeNull()
})

test('the host file is enough for the system resolver', async () => {
  const resolver = createResolver('localhost', 4, () => {})
  await until('localhost found', () => resolver.address !== null)
  expect(resolver.address).toBe('127.0.0.1')
})
