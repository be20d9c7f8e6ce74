import { afterEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemAccounts } from '../../src/compat/accounts.ts'
import { Respawn } from '../../src/compat/respawn.ts'

const running: Respawn[] = []
afterEach(async () => {
  for (const r of running.splice(0)) await r.stop()
})

function scene(script: string, failfast = false, user = String(process.getuid!())) {
  const dir = mkdtempSync(join(tmpdir(), 'hb-respawn-'))
  writeFileSync(join(dir, 'program'), `#!/bin/sh\necho "$*" >>${dir}/out\n${script}\n`, { mode: 0o755 })
  const logged: string[] = []
  const reboots: string[] = []
  const respawn = new Respawn({
    env: () => ({ PATH: process.env.PATH ?? '', HA_x: 'y' }),
    accounts: systemAccounts(),
    log: (_, line) => logged.push(line),
    reboot: (why) => reboots.push(why),
    pauseMs: 20,
  })
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
  return { dir, respawn, program, runs, logged, reboots }
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
})
