/** `hb resource` by hand. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { resource as verb } from '../../src/cli/resource.ts'
import { Sandbox } from '../agents/sandbox.ts'
import { Bench } from './bench.ts'
import { whyNoNamespaces } from './namespace.ts'

async function call(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const io = {
    out: (text: string) => (out += text),
    err: (text: string) => (err += text),
    env: { PATH: '/usr/bin:/bin' },
  }
  const code = await verb(argv, io)
  return { code, out, err }
}

describe('a wrong call', () => {
  test.each([
    [['IPaddr', '10.0.0.1'], "the last word must be start, stop or status, found '10.0.0.1'"],
    [['IPaddr', '10.0.0.1', 'restart'], "found 'restart'"],
    [['start'], 'needs more words'],
    [['--quick', 'apache', 'start'], "unknown option '--quick'"],
  ])('%j', async (argv, message) => {
    const { code, err } = await call(...argv)
    expect(code).toBe(2)
    expect(err).toContain(message)
  })
})

describe('a script', () => {
  const box = new Sandbox()
  afterAll(() => box.remove())

  test('status and exit codes', async () => {
    box.script(
      'apache',
      `case $2 in status) test -e ${box.dir}/$1 && echo running || echo stopped;; start) touch ${box.dir}/$1;; stop) exit 5;; esac`,
    )
    const hb = (op: string) => call('--config', `${box.dir}/ha.d/`, 'apache', 'up', op)
    expect(await hb('status')).toEqual({ code: 3, out: 'apache::up: stopped (stopped)\n', err: '' })
    expect(await hb('start')).toEqual({ code: 0, out: 'apache::up: start OK\n', err: '' })
    expect(await hb('status')).toEqual({ code: 0, out: 'apache::up: running OK (running)\n', err: '' })
    expect(await hb('stop')).toEqual({ code: 1, out: '', err: 'hb resource: apache::up: stop failed (exit code 5)\n' })
  })

  test('that is missing is said', async () => {
    const { code, err } = await call('--config', `${box.dir}/ha.d`, 'nothing', 'start')
    expect(code).toBe(1)
    expect(err).toContain('there is no script nothing')
  })
})

const skip = whyNoNamespaces('test/net/resource') !== null

describe.skipIf(skip)('an address', () => {
  let bench: Bench
  beforeAll(() => {
    bench = new Bench()
  })
  afterAll(() => bench.close())

  test('start without a lease, status, stop', async () => {
    const words = ['IPaddr', '10.9.0.50/24/eth0']
    expect(await call(...words, 'status')).toMatchObject({
      code: 3,
      out: expect.stringContaining('stopped (10.9.0.50 is not here)'),
    })
    expect(await call('--no-wait', ...words, 'start')).toMatchObject({ code: 0, err: '' })
    expect(bench.details('10.9.0.50')).toContain('valid_lft forever')
    const status = await call(...words, 'status')
    expect(status).toEqual({
      code: 0,
      out: 'IPaddr::10.9.0.50/24/eth0: running OK (10.9.0.50/24 on eth0:0)\n',
      err: '',
    })
    expect((await call('10.9.0.50', 'stop')).code).toBe(0)
    expect(bench.details('10.9.0.50')).toBe('')
  })

  test('waits until it is announced, unless told not to', () => {
    expect(program('IPaddr2', '10.9.0.50', 'start')).toBeGreaterThan(850)
    expect(program('IPaddr2', '10.9.0.51', '--no-wait', 'start')).toBeLessThan(850)
    for (const address of ['10.9.0.50', '10.9.0.51']) bench.run('stop', `IPaddr2::${address}`)
  })

  /** As a program of its own, which ends when nothing is left to do: how long it took in ms. */
  function program(...argv: string[]): number {
    const code = `const { resource } = await import('./src/cli/resource.ts')
      const { processIo } = await import('./src/cli/io.ts')
      process.exitCode = await resource(${JSON.stringify(argv)}, processIo())`
    const beganMs = performance.now()
    const done = spawnSync(process.execPath, ['-e', code], { cwd: join(import.meta.dir, '../..'), encoding: 'utf8' })
    expect(done).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('start OK') })
    return performance.now() - beganMs
  }

  test('that cannot be placed fails with the reason', async () => {
    const { code, err } = await call('IPaddr', '203.0.113.1', 'start')
    expect(code).toBe(1)
    expect(err).toContain('no route leads to 203.0.113.1')
  })
})
