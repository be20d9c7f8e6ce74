import { afterAll, describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { runScript } from '../../src/agents/script.ts'
import type { AgentResult } from '../../src/agents/types.ts'
import type { Operation } from '../../src/io.ts'
import { resource, Sandbox } from './sandbox.ts'

const box = new Sandbox()
afterAll(() => box.remove())

const lines: string[] = []
const env = { PATH: '/usr/bin:/bin', HA_CURHOST: 'node1' }

function run(text: string, op: Operation, timeoutMs = 5000): Promise<AgentResult> {
  lines.length = 0
  const options = {
    directories: box.directories,
    env: () => env,
    onLine: (_: unknown, line: string) => lines.push(line),
  }
  return runScript(resource(text), op, timeoutMs, options)
}

const alive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
const pidIn = (name: string): number => Number(readFileSync(`${box.dir}/${name}`, 'latin1'))

describe('a script', () => {
  test('gets its arguments and the operation, and its exit code counts', async () => {
    box.script('echo', 'echo "$#: $*"; test "$3" = start')
    expect(await run('echo::a b::c', 'start')).toEqual({ outcome: 'ok', code: 0, detail: '3: a b c start' })
    expect(await run('echo::a b::c', 'stop')).toEqual({
      outcome: 'failed',
      code: 1,
      detail: 'exit code 1: 3: a b c stop',
    })
    expect(lines).toEqual(['3: a b c stop'])
  })

  test('tells its status on standard output, not on standard error', async () => {
    box.script('says', 'echo OK >&2; echo stopped; exit 0')
    expect(await run('says', 'status')).toMatchObject({ outcome: 'stopped', code: 0 })
    box.script('says', 'echo stopped >&2; echo running; exit 1')
    expect(await run('says', 'status')).toMatchObject({ outcome: 'running', code: 1 })
    expect(lines.sort()).toEqual(['running', 'stopped'])
  })

  test('has just the environment it is given, no input, no other descriptors, and a group of its own', async () => {
    box.script(
      'look',
      'env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD= | sort; cat; ls /proc/self/fd | wc -w; ps -o pgid= -p $$ | tr -d " "; echo $$; pwd',
    )
    await run('look', 'start')
    const [first, second, descriptors, group, pid, directory] = lines
    expect([first, second]).toEqual(['HA_CURHOST=node1', 'PATH=/usr/bin:/bin'])
    // Its three standard streams, and the one by which ls reads the directory.
    if (!('Deno' in globalThis)) expect(descriptors).toBe('4')
    expect(group).toBe(pid!)
    expect(directory).toBe('/')
  })

  test('may open its standard error by name', async () => {
    box.script('byname', 'set -e; echo one >/dev/stderr; echo two >/dev/stdout')
    expect(await run('byname', 'start')).toMatchObject({ outcome: 'ok', code: 0 })
    expect(lines.sort()).toEqual(['one', 'two'])
  })

  test('without a #! line is run by the shell', async () => {
    box.write('ha.d/resource.d/bare', 'echo "bare $1"\n')
    expect(await run('bare', 'start')).toMatchObject({ outcome: 'ok', detail: 'bare start' })
  })

  test('that a signal ends has failed', async () => {
    box.script('suicide', 'kill -9 $$')
    expect(await run('suicide', 'start')).toEqual({ outcome: 'failed', code: null, detail: 'ended by SIGKILL' })
  })

  test('whose interpreter is missing, or which is missing itself, fails with the reason', async () => {
    box.write('ha.d/resource.d/lost', '#!/no/such/interpreter\n')
    expect((await run('lost', 'start')).detail).toMatch(/resource\.d\/lost: it, its interpreter .* is missing$/)
    expect(await run('nothing', 'status')).toMatchObject({ outcome: 'missing', code: null })
  })

  test('that is an OCF agent is asked to monitor', async () => {
    box.write('ocf/resource.d/site/thing', '#!/bin/sh\necho "$1 $OCF_RESKEY_size"; test "$1" != monitor || exit 7\n')
    expect(await run('ocf:site:thing::size=4', 'status')).toEqual({
      outcome: 'stopped',
      code: 7,
      detail: 'exit code 7: monitor 4',
    })
    expect(await run('ocf:site:thing::size=4', 'start')).toMatchObject({ outcome: 'ok', detail: 'start 4' })
  })
})

describe('scripts that hang or flood', () => {
  test('the time limit ends the script and its children', async () => {
    box.script('hang', `sleep 60 & echo $! > ${box.dir}/hang.pid; echo waiting; wait`)
    const beganMs = performance.now()
    const result = await run('hang', 'start', 300)
    expect(result).toMatchObject({ outcome: 'timeout', detail: 'killed after its time limit of 0.3 s: waiting' })
    expect(performance.now() - beganMs).toBeLessThan(900)
    expect(alive(pidIn('hang.pid'))).toBe(false)
  })

  test('those that do not heed SIGTERM are killed after a second of grace', async () => {
    const stubborn = `sh -c 'trap "" TERM; echo $$ > ${box.dir}/stubborn.pid; while :; do sleep 1; done' &`
    box.script('stubborn', `trap "" TERM; ${stubborn} wait`)
    const beganMs = performance.now()
    expect((await run('stubborn', 'stop', 300)).outcome).toBe('timeout')
    expect(performance.now() - beganMs).toBeGreaterThan(1250)
    expect(performance.now() - beganMs).toBeLessThan(2200)
    expect(alive(pidIn('stubborn.pid'))).toBe(false)
  })

  test('children that outlive a parent which heeds SIGTERM are killed, too', async () => {
    box.script('heir', `sh -c 'trap "" TERM; echo $$ > ${box.dir}/heir.pid; while :; do sleep 1; done' & wait`)
    expect((await run('heir', 'start', 300)).outcome).toBe('timeout')
    expect(alive(pidIn('heir.pid'))).toBe(false)
  })

  test('output without end is read, bounded, and ends with the time limit', async () => {
    box.script('flood', 'yes "all work and no play"')
    const result = await run('flood', 'start', 400)
    expect(result.outcome).toBe('timeout')
    expect(result.detail.length).toBeLessThan(2200 * 3)
    expect(lines.length).toBe(201)
  })

  test('a service left behind does not delay the answer, and goes on', async () => {
    box.script('service', `(sleep 0.2; echo later; sleep 30) & echo $! > ${box.dir}/service.pid; echo started`)
    const beganMs = performance.now()
    expect(await run('service', 'start')).toEqual({ outcome: 'ok', code: 0, detail: 'started' })
    expect(performance.now() - beganMs).toBeLessThan(190)
    await new Promise((resolve) => setTimeout(resolve, 800))
    expect(lines).toEqual(['started', 'later'])
    const pid = pidIn('service.pid')
    expect(alive(pid)).toBe(true)
    process.kill(pid, 'SIGKILL')
  })

  test('many at once do not disturb each other', async () => {
    box.script('n', 'echo "$1"')
    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => run(`n::${i}`, 'start')))
    expect(results.map((r) => r.detail)).toEqual(Array.from({ length: 20 }, (_, i) => String(i)))
  })
})
