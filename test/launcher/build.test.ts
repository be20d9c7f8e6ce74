/** scripts/build as a person calls it. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseElf } from '../../src/launcher/elf.ts'
import { verify } from '../../src/launcher/verify.ts'

setDefaultTimeout(60_000)
const folder = mkdtempSync(join(tmpdir(), 'hb-build-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const root = join(import.meta.dir, '../..')
const entry = join(folder, 'entry.ts')
writeFileSync(entry, 'console.log("hb test")\n')
const hasCompiler = Bun.which('cc') !== null
if (!hasCompiler) console.log('skipped: what needs a C compiler, as there is none')

function build(args: string[], env: Record<string, string | undefined> = process.env) {
  const cmd = [join(root, 'scripts/build'), '--entry', entry, ...args]
  const run = Bun.spawnSync({ cmd, env, stdout: 'pipe', stderr: 'pipe' })
  return { code: run.exitCode, out: run.stdout.toString(), err: run.stderr.toString() }
}

/** A search path without a compiler, but with what the script itself uses. */
function bareEnv() {
  const bin = join(folder, 'bin')
  Bun.spawnSync(['sh', '-c', `mkdir -p ${bin}; for p in dirname sh; do ln -sf $(command -v $p) ${bin}; done`])
  return { ...process.env, PATH: bin, CC: '' }
}

test.skipIf(!hasCompiler)('makes a static executable, silently, and the same one again', () => {
  const [one, two] = [join(folder, 'one/hb'), join(folder, 'two/hb')]
  expect(build(['--out', one])).toEqual({ code: 0, out: '', err: '' })
  expect(build(['--out', two])).toEqual({ code: 0, out: '', err: '' })
  expect(verify(parseElf('hb', readFileSync(one)))).toEqual([])
  expect(readdirSync(join(folder, 'one'))).toEqual(['hb'])
  expect(Bun.hash(readFileSync(one))).toBe(Bun.hash(readFileSync(two)))
  expect(Bun.spawnSync([one]).stdout.toString()).toBe('hb test\n')
})

test('without a C compiler says so, and leaves the dynamic program under another name', () => {
  const out = join(folder, 'none/hb')
  const { code, err } = build(['--out', out], bareEnv())
  expect(code).toBe(1)
  expect(err).toMatch(/^build: no C compiler here .*hb-dynamic, which needs glibc 2\.17\n$/)
  expect(existsSync(out)).toBe(false)
  expect(readdirSync(join(folder, 'none'))).toEqual(['hb-dynamic'])
})

test.skipIf(!hasCompiler)('a program that does not start is not delivered', () => {
  const broken = join(folder, 'broken.ts')
  writeFileSync(broken, 'process.exit(3)\n')
  const out = join(folder, 'broken/hb')
  const { code, err } = build(['--entry', broken, '--out', out])
  expect([code, err]).toEqual([1, expect.stringMatching(/^build: the executable does not start \(exit 3\)/)])
  expect(readdirSync(join(folder, 'broken'))).toEqual([])
})

test('a program that does not compile is named, with the compiler’s words', () => {
  const broken = join(folder, 'syntax.ts')
  writeFileSync(broken, 'const = 1\n')
  const { code, err } = build(['--entry', broken, '--out', join(folder, 'syntax/hb')])
  expect(code).toBe(1)
  expect(err).toMatch(/^build: syntax\.ts does not compile:\n/)
})

test('a program that is not there is named', () => {
  const { code, err } = build(['--entry', 'nowhere.ts', '--out', join(folder, 'x/hb')])
  expect([code, err]).toEqual([1, "build: nowhere.ts is not there; run this in the project's root\n"])
})

test('a word that it does not know is an error', () => {
  const { code, err } = build(['--wrong'])
  expect(code).toBe(1)
  expect(err).toMatch(/^build: .*--wrong/)
})
