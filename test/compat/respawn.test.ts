import { afterEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemAccounts } from '../../src/compat/accounts.ts'
import { Respawn, type RespawnOptions } from '../../src/compat/respawn.ts'
import { addressOf, bindLibc } from '../../src/runtime/ffi.ts'

const running: Respawn[] = []
afterEach(async () => {
  for (const r of running.splice(0)) await r.stop()
})

function scene(script: string, failfast = false, user = String(process.getuid!())) {
  const dir = mkdtempSync(join(tmpdir(), 'hb-respawn-'))
  writeFileSync(join(dir, 'program'), `#!/bin/sh\necho "$*" >>${dir}/out\n${script}\n`, { mode: 0o755 })
  const logged: string[] = []
  const reboots: string[] = []
  const options: RespawnOptions = {
    env: () => ({ PATH: process.env.PATH ?? '', HA_x: 'y' }),
    accounts: systemAccounts(),
    log: (_, line) => logged.push(line),
    reboot: (why) => reboots.push(why),
    pauseMs: 20,
  }
  const respawn = new Respawn(options)
  running.push(respawn)
  const program = (words: string) => ({
    file: 'ha.cf',
    line: 1,
    column: 1,
    user,
    command: `${dir}/program ${words}`,
    failfast,
  })
  const runs = () => {
    try {
      return readFileSync(join(dir, 'out'), 'utf8').split('\n').slice(0, -1)
    } catch {
      return []
    }
  }
  return { dir, respawn, program, runs, logged, reboots, options }
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (what()) return
    await Bun.sleep(10)
  }
  throw new Error(`not within 10 s: ${what}`)
}

describe('respawn', () => {
  test('starts what has ended again, and gives up at the eleventh short run in a row', async () => {
    const { respawn, program, runs, logged } = scene('exit 1')
    respawn.use([program('a b')])
    await until(() => logged.some((line) => line.includes('does not stay up')))
    expect(runs()).toEqual(Array(11).fill('a b'))
  })

  test('leaves a program alone that ends with 100', async () => {
    const { respawn, program, runs, logged } = scene('exit 100')
    respawn.use([program('')])
    await until(() => logged.some((line) => line.includes('exit code 100')))
    await Bun.sleep(100)
    expect(runs().length).toBe(1)
  })

  test('stops in the opposite order, and starts nothing afterwards', async () => {
    const { dir, respawn, program, runs } = scene(
      `trap 'echo end $1 >>$0.ends; exit 0' TERM; while :; do sleep 0.05; done`,
    )
    respawn.use([program('one'), program('two')])
    await until(() => runs().length === 2)
    await Bun.sleep(100)
    await respawn.stop()
    expect(readFileSync(join(dir, 'program.ends'), 'utf8')).toBe('end two\nend one\n')
    expect(runs().length).toBe(2)
  })

  test('failfast asks for a reboot when the program fails, and not when it is done', async () => {
    const failed = scene('exit 7', true)
    failed.respawn.use([failed.program('')])
    await until(() => failed.reboots.length > 0)
    expect(failed.reboots).toEqual([expect.stringContaining('exit code 7')])
    const done = scene('exit 0', true)
    done.respawn.use([done.program('')])
    await until(() => done.runs().length > 1)
    expect(done.reboots).toEqual([])
  })

  test('an unknown user is told, and starts nothing', async () => {
    const { respawn, program, runs, logged } = scene('exit 0', false, 'nosuchuserhere')
    respawn.use([program('')])
    expect(logged).toEqual([expect.stringContaining('there is no user nosuchuserhere')])
    await Bun.sleep(50)
    expect(runs()).toEqual([])
  })

  test('another configuration: what is gone is stopped, what is new is started, the rest is not touched', async () => {
    const { respawn, program, runs, logged } = scene('while :; do sleep 0.05; done')
    respawn.use([program('stays'), program('goes')])
    await until(() => runs().length === 2)
    const [stays, goes] = respawn.handOver().map((p) => p.pid!)
    respawn.use([program('comes'), program('stays')])
    await until(() => runs().includes('comes') && !respawn.ending)
    // Of two that are started at the same moment either may be the first to run.
    expect(runs().toSorted()).toEqual(['comes', 'goes', 'stays'])
    expect(runs().at(-1)).toBe('comes')
    expect(respawn.handOver()[1]!.pid).toBe(stays!)
    expect(() => process.kill(goes!, 0)).toThrow()
    expect(logged).toContain(`${program('goes').command}: no longer in ha.cf: stopping it`)
  })

  test('one that comes back before it has ended is started when it has', async () => {
    const { respawn, program, runs } = scene('trap "sleep 0.3; exit 0" TERM; while :; do sleep 0.05; done')
    respawn.use([program('a')])
    await until(() => runs().length === 1)
    const pid = respawn.handOver()[0]!.pid!
    respawn.use([])
    respawn.use([program('a')])
    await Bun.sleep(50)
    expect(runs().length).toBe(1)
    await until(() => runs().length === 2)
    expect(() => process.kill(pid, 0)).toThrow()
  })

  test('failfast that is taken out of ha.cf, or becomes respawn, restarts no machine', async () => {
    const { respawn, program, runs, reboots } = scene('while :; do sleep 0.05; done', true)
    respawn.use([program('a'), program('b')])
    await until(() => runs().length === 2)
    respawn.use([{ ...program('b'), failfast: false }])
    await until(() => !respawn.ending)
    process.kill(respawn.handOver()[0]!.pid!, 'SIGKILL')
    await until(() => runs().length === 3)
    expect(reboots).toEqual([])
  })
})

describe('programs of an earlier program of this process', () => {
  /** A child that the runtime does not wait for, as exec leaves it. */
  function child(script: string): number {
    const { posix_spawn } = bindLibc({
      posix_spawn: { args: ['buffer', 'buffer', 'buffer', 'buffer', 'buffer', 'buffer'], returns: 'i32' },
    })
    const text = (word: string) => new TextEncoder().encode(`${word}\0`)
    const words = ['sh', '-c', script].map(text)
    const argv = new BigUint64Array([...words.map(addressOf), 0n])
    const pid = new Int32Array(1)
    const none = new Uint8Array(8)
    expect(posix_spawn(pid, text('/bin/sh'), null, null, new Uint8Array(argv.buffer), none)).toBe(0)
    return pid[0]!
  }

  function earlier(pid: number | null, failfast: boolean, over = false) {
    const { program, runs, logged, reboots, options } = scene('while :; do sleep 0.05; done', failfast)
    const respawn = new Respawn(options, [
      { program: program('x'), pid, startedMs: performance.now(), shortRuns: 0, over },
    ])
    running.push(respawn)
    return { respawn, program, runs, logged, reboots }
  }

  test('is looked after: its end is noticed, and it is started again, once', async () => {
    const { respawn, program, runs, logged } = earlier(child('sleep 0.3; exit 3'), false)
    respawn.use([program('x')])
    await Bun.sleep(100)
    expect(runs()).toEqual([])
    await until(() => runs().length === 1)
    expect(logged).toContain(`${program('x').command}: exit code 3; it is started again`)
    await Bun.sleep(200)
    expect(runs().length).toBe(1)
  })

  test('one that ended before anybody looked is told as it ended: failfast means it', async () => {
    const pid = child('exit 7')
    await Bun.sleep(100)
    const { reboots } = earlier(pid, true)
    await until(() => reboots.length > 0)
    expect(reboots).toEqual([expect.stringContaining('exit code 7')])
  })

  test('one that nobody saw end is started again, and restarts no machine', async () => {
    const { runs, reboots } = earlier(2 ** 22 + 1, true)
    await until(() => runs().length === 1)
    expect(reboots).toEqual([])
  })

  test('one that was given up stays so; one that was about to be started is started', async () => {
    const { respawn, program, runs } = earlier(null, false, true)
    respawn.use([program('x')])
    await Bun.sleep(100)
    expect(runs()).toEqual([])
    const other = earlier(null, false)
    await until(() => other.runs().length === 1)
  })
})
