/** What reaches the program, and its children, of the environment and descriptors that it is started with. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lacks, Probe, remove, skipped, WORKS } from './place.ts'

setDefaultTimeout(60_000)
const off = skipped()
let probe: Probe
beforeAll(() => {
  if (!off) probe = new Probe()
})
afterAll(() => remove(probe?.folder ?? ''))

const hostile = {
  LD_PRELOAD: '/nowhere/evil.so',
  LD_LIBRARY_PATH: '/evil',
  LD_AUDIT: '/nowhere/evil.so',
  LD_TRACE_LOADED_OBJECTS: '1',
  GLIBC_TUNABLES: 'glibc.malloc.check=3',
  BUN_OPTIONS: '--preload=/evil.ts',
  BUN_BE_BUN: '1',
  BUN_INSPECT: '127.0.0.1:6499',
  JSC_useJIT: 'nonsense',
  NODE_OPTIONS: '--require=/evil.js',
  PATH: '/bin',
}

describe.skipIf(off)('the environment', () => {
  test('nothing that would steer the loader or Bun has an effect', () => {
    const found = probe.look(probe.root(), { env: hostile })
    expect(found).toMatchObject(WORKS)
    for (const name of Object.keys(hostile)) {
      if (name !== 'PATH') expect(found.atStart[name]).toBeUndefined()
    }
    expect(found.env).toEqual(hostile)
    expect(found.child.env).toEqual(hostile)
  })

  test.skipIf(lacks('busybox', 'busybox-static'))('a child that is not hb gets it byte for byte', () => {
    const root = probe.root(['bin'])
    copyFileSync(Bun.which('busybox')!, join(root, 'bin/env'))
    const found = probe.look(root, { env: hostile }, ['/bin/env'])
    const lines = Object.entries(hostile).map(([name, value]) => `${name}=${value}`)
    expect(found.child.trim().split('\n').sort()).toEqual(lines.sort())
  })

  test('many variables and long words arrive whole', () => {
    const env = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`V${i}`, 'x'.repeat(i * 100)]))
    expect(probe.look(probe.root(), { env }).env).toEqual(env)
  })

  test.skipIf(lacks('setcap', 'libcap2-bin'))(
    'file capabilities, which start a program in secure mode, change nothing of that',
    () => {
      const root = probe.root()
      /* Capabilities belong to the file, and the other tests' roots are links to it. */
      copyFileSync(join(root, 'hb'), join(root, 'copy'))
      renameSync(join(root, 'copy'), join(root, 'hb'))
      expect(Bun.spawnSync(['setcap', 'cap_net_admin,cap_net_raw+ep', join(root, 'hb')]).exitCode).toBe(0)
      const found = probe.look(root, { user: 1000, env: hostile })
      expect(found).toMatchObject(WORKS)
      expect(found.env).toEqual(hostile)
    },
  )
})

describe.skipIf(off)('the current directory', () => {
  test('no .env, bunfig.toml, package.json or tsconfig.json of it is read', () => {
    const root = probe.root()
    const files = {
      'evil.ts': 'require("node:fs").writeFileSync("/evil-was-here", "")',
      '.env': 'EVIL=1\nBUN_OPTIONS=--preload=/evil.ts\n',
      '.env.local': 'EVIL=1\n',
      'bunfig.toml': 'preload = ["/evil.ts"]\n',
      'package.json': '{"type":"commonjs","main":"/evil.ts"}',
      'tsconfig.json': '{"extends":"/evil.json"}',
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
    const before = readdirSync(root).sort()
    expect(probe.look(root, { env: { HOME: '/' } }).env).toEqual({ HOME: '/' })
    expect(readdirSync(root).sort()).toEqual(before)
  })
})

describe.skipIf(off)('descriptors', () => {
  test('none of the start is left, neither here nor in a child', () => {
    const found = probe.look(probe.root())
    for (const seen of [found.descriptors, found.child.descriptors]) {
      expect(Object.values(seen).filter((d) => /memfd|\/hb$|\.hb-/.test(String(d)))).toEqual([])
      expect(Math.max(...Object.keys(seen).map(Number))).toBeLessThan(64)
    }
  })
})
