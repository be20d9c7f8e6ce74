import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanInheritance } from '../../src/launcher/inherit.ts'

function cleaned(env: Record<string, string>): Record<string, string> {
  cleanInheritance(env)
  return env
}

describe('the environment after the start', () => {
  test('has the hidden variables back under their own names', () => {
    const hidden = { lD_PRELOAD: '/a.so', bUN_OPTIONS: '--x', gLIBC_TUNABLES: 'y', PATH: '/bin' }
    expect(cleaned(hidden)).toEqual({ LD_PRELOAD: '/a.so', BUN_OPTIONS: '--x', GLIBC_TUNABLES: 'y', PATH: '/bin' })
  })

  test('is untouched where nothing was hidden', () => {
    const env = { PATH: '/bin', LD_LIBRARY_PATH: '/lib', lDAP: 'x', gLIBC: '1', rES_OPTIONSX: '2', ld_x: '3' }
    expect(cleaned({ ...env })).toEqual(env)
  })

  test('keeps a variable that was set under its own name meanwhile', () => {
    expect(cleaned({ lD_PRELOAD: 'old', LD_PRELOAD: 'new' })).toEqual({ LD_PRELOAD: 'new' })
  })

  test('has lost what the start set for the allocator, and kept what the caller set', () => {
    const ours = { MIMALLOC_PURGE_DELAY: '2000', MIMALLOC_PURGE_HOLES_MIN_INTERVAL: '2000' }
    expect(cleaned({ ...ours, PATH: '/bin' })).toEqual({ PATH: '/bin' })
    expect(cleaned({ ...ours, mIMALLOC_PURGE_DELAY: '7' })).toEqual({ MIMALLOC_PURGE_DELAY: '7' })
  })

  test('keeps empty values', () => {
    expect(cleaned({ lD_BIND_NOW: '' })).toEqual({ LD_BIND_NOW: '' })
  })
})

test('every name that the stub hides comes back', () => {
  const stub = readFileSync(join(import.meta.dir, '../../src/launcher/stub.c'), 'utf8')
  const list = /steering\[\] = \{([^}]*)\}/.exec(stub)?.[1] ?? ''
  const names = [...list.matchAll(/"([A-Z_]+)=?"/g)].map((m) => m[1]!)
  expect(names.length).toBeGreaterThan(10)
  for (const name of names) {
    const full = name.endsWith('_') ? `${name}X` : name
    expect(cleaned({ [full[0]!.toLowerCase() + full.slice(1)]: '1' })).toEqual({ [full]: '1' })
  }
})

test('every name that the start sets is taken out again', () => {
  const preload = readFileSync(join(import.meta.dir, '../../src/launcher/preload.c'), 'utf8')
  const set = [...preload.matchAll(/setenv\("(\w+)", "([^"]*)"/g)].map(([, name, value]) => [name!, value!])
  expect(set.length).toBeGreaterThan(2)
  expect(cleaned(Object.fromEntries(set))).toEqual({})
})
