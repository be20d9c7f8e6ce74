import { describe, expect, test } from 'bun:test'
import manifest from '../../package.json'
import { overview, verbHelp } from '../../src/cli/help-text.ts'
import { verbNames } from '../../src/cli/verbs.ts'
import { hb, MAIN } from './program.ts'

describe('help', () => {
  test.each([['help'], ['--help'], ['-h']])('hb %s is the overview', async (word) => {
    expect(await hb([word])).toEqual({ code: 0, out: overview(), err: '' })
  })

  test('hb alone is a wrong call that shows what is right', async () => {
    expect(await hb([])).toEqual({ code: 2, out: '', err: overview() })
  })

  test.each(verbNames)('hb %s --help', async (name) => {
    expect(await hb([name, '--help'])).toEqual({ code: 0, out: verbHelp(name), err: '' })
  })

  test('is found in all three ways', async () => {
    expect((await hb(['help', 'standby'])).out).toBe(verbHelp('standby'))
    expect((await hb(['standby', 'nonsense', '-h'])).out).toBe(verbHelp('standby'))
  })
})

test.each([['version'], ['--version'], ['-V']])('hb %s', async (word) => {
  const { code, out, err } = await hb([word])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^hb \S+ \(heartbeat 3\.0\.6 compatible\), \S+ \S+ on linux-\S+\n$/)
  expect(out).toStartWith(`hb ${manifest.version} `)
})

describe('a wrong call ends with 2 and says', () => {
  test.each([
    [['statsu'], "hb: unknown command 'statsu': did you mean 'status'?\n'hb help' lists all commands\n"],
    [['stand-by'], "hb: unknown command 'stand-by': did you mean 'standby'?\n"],
    [['frobnicate'], "hb: unknown command 'frobnicate', expected run, status, standby,"],
    [['__proto__'], "hb: unknown command '__proto__', expected run,"],
    [['--socket', '/x', 'status'], "hb: unknown command '--socket', expected run,"],
    [['help', 'statsu'], "hb: unknown command 'statsu': did you mean 'status'?\nusage: hb help [COMMAND]\n"],
    [['status', '--jsno'], "hb: unknown option '--jsno': did you mean '--json'?\nusage: hb status [--json]"],
    [['takeover', 'mine'], "hb: unknown word 'mine', expected all, local, foreign or failback\nusage: hb takeover"],
    [['stop', '--timeout', 'soon'], 'hb: --timeout soon is no usable time'],
    [['run', 'now'], "hb: unexpected word 'now' behind run\nusage: hb run"],
    [['check', '--explian'], "hb: unknown option '--explian': did you mean '--explain'?\nusage: hb check"],
    [['help', '-x'], "hb: unknown option '-x', expected --help\n"],
  ] as [string[], string][])('%p', async (argv, message) => {
    const { code, out, err } = await hb(argv)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toStartWith(message)
  })
})

test('a reader that goes away early is no error', async () => {
  const script = `${process.execPath} ${MAIN} help run | true; echo "\${PIPESTATUS[0]}"`
  const child = Bun.spawnSync(['bash', '-c', script])
  expect([child.stdout.toString(), child.stderr.toString()]).toEqual(['0\n', ''])
})

test('a slow reader of a non-blocking pipe gets everything', async () => {
  const io = JSON.stringify(`${import.meta.dir}/../../src/cli/io.ts`)
  const writer = `const { processIo } = await import(${io}); processIo().out('x'.repeat(1_000_000)); process.exit(7)`
  const script = `import os, subprocess, sys, time
r, w = os.pipe()
os.set_blocking(w, False)
p = subprocess.Popen(sys.argv[1:], stdout=w)
os.close(w)
time.sleep(0.3)
n = 0
while chunk := os.read(r, 65536): n += len(chunk)
print(n, p.wait())`
  if (!Bun.which('python3')) {
    console.log('SKIP: a non-blocking pipe is made with python3, which is not installed')
    return
  }
  const child = Bun.spawnSync(['python3', '-c', script, process.execPath, '-e', writer])
  expect(child.stdout.toString()).toBe('1000000 7\n')
})
