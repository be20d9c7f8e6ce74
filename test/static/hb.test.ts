/** hb itself where there is nothing else: what it says of itself and of a configuration. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseElf } from '../../src/launcher/elf.ts'
import { verify } from '../../src/launcher/verify.ts'
import {
  buildEnter,
  emptyRoot,
  hb,
  LINUX_2_6_32,
  LINUX_3_10,
  lacks,
  remove,
  skipped,
  start,
  URANDOM,
  workFolder,
} from './place.ts'

setDefaultTimeout(60_000)
const off = skipped()
let folder = ''
let enter = ''
beforeAll(() => {
  if (off) return
  folder = workFolder()
  enter = buildEnter(folder)
})
afterAll(() => remove(folder))

function root(haCf: string): string {
  const made = emptyRoot(folder, hb())
  const files = { 'ha.cf': haCf, haresources: 'alpha 10.0.0.100\n', authkeys: 'auth 1\n1 sha1 secret-of-the-test\n' }
  mkdirSync(join(made, 'etc/ha.d'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, 'etc/ha.d', name), text, { mode: 0o600 })
  return made
}

const RIGHT = 'logfacility none\nauto_failback off\nucast eth0 10.0.0.2\nnode alpha beta\n'
const places = [
  ['this kernel', {}],
  ['Linux 3.10', { callsMax: LINUX_3_10, before: URANDOM }],
  ['Linux 2.6.32', { callsMax: LINUX_2_6_32, before: URANDOM }],
] as const

const EMULATOR = 'qemu-x86_64-static'
const noEmulator = lacks(EMULATOR, 'qemu-user-static')

describe.skipIf(off)('dist/hb', () => {
  test.skipIf(noEmulator)('needs SSE4.2 and nothing newer; a processor without it is told so in one line', () => {
    const on = (processor: string) => {
      const done = Bun.spawnSync([EMULATOR, '-cpu', processor, hb(), 'version'], { stdout: 'pipe', stderr: 'pipe' })
      return { code: done.exitCode, out: done.stdout.toString(), err: done.stderr.toString() }
    }
    expect(on('Nehalem')).toEqual({ code: 0, out: expect.stringMatching(/^hb \d/), err: '' })
    const refusal = /^hb: cannot start: this processor has no SSE4\.2[^\n]*\n$/
    expect(on('core2duo')).toEqual({ code: 127, out: '', err: expect.stringMatching(refusal) })
  })

  test('is static, asks for no interpreter and lies on page boundaries', () => {
    expect(verify(parseElf('dist/hb', readFileSync(hb())))).toEqual([])
  })

  for (const [name, options] of places) {
    test(`hb version and hb check work in an empty root, as on ${name}`, () => {
      const here = root(RIGHT)
      expect(start(enter, here, ['version'], options)).toMatchObject({ code: 0, out: expect.stringMatching(/^hb \d/) })
      const right = start(enter, here, ['check', '--node', 'alpha'], options)
      expect([right.code, right.out]).toEqual([0, expect.stringMatching(/right/)])
      const wrong = start(enter, root(`${RIGHT}deadtme 10\n`), ['check', '--node', 'alpha'], options)
      expect([wrong.code, wrong.out]).toEqual([1, expect.stringMatching(/ha\.cf:5:1: error: .*deadtme/)])
    })
  }
})
