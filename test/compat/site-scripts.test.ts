import { describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Notifier } from '../../src/compat/notifier.ts'
import { findScript, scriptVariables } from '../../src/compat/site-scripts.ts'
import { binary, text } from '../../src/wire/message.ts'
import { message } from './scene.ts'

/** A directory like /etc/ha.d with these executable files in rc.d; harc stands beside it. */
function etc(scripts: Record<string, string>, harc?: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'hb-rc-'))
  mkdirSync(join(dir, 'rc.d'))
  for (const [name, body] of Object.entries(scripts)) writeFileSync(join(dir, 'rc.d', name), body, { mode: 0o755 })
  if (harc !== undefined) writeFileSync(join(dir, 'harc'), harc, { mode: 0o755 })
  return dir
}

const stockStatus =
  '#!/bin/sh\n# comment\n. $HA_FUNCS\n\ncase $HA_st in\n  dead)\t$HA_NOARCHBIN/mach_down $HA_src;;\nesac\n'

describe('which script is run', () => {
  test('a site’s own by the type of the message, in lower case, through its harc if it has one', () => {
    const plain = etc({ mine: '#!/bin/sh\n' })
    expect(findScript(plain, 'Mine')).toEqual({ kind: 'run', path: join(plain, 'rc.d/mine'), args: ['mine'] })
    const dir = etc({ mine: '#!/bin/sh\n' }, '#!/bin/sh\n')
    expect(findScript(dir, 'mine')).toEqual({ kind: 'run', path: join(dir, 'harc'), args: ['mine'] })
  })

  const replaced = ['ip-request', 'ip-request-resp', 'hb_takeover', 'ask_resources', 'local_giveip']
  test.each(replaced)('never %s, whatever it says and however it is spelt', (name) => {
    const dir = etc({ [name]: '#!/bin/sh\necho mine\n' })
    expect(findScript(dir, name).kind).toBe('ours')
    expect(findScript(dir, name.toUpperCase()).kind).toBe('ours')
  })

  test('not heartbeat’s own status, and that is nothing to mention', () => {
    expect(findScript(etc({ status: stockStatus }), 'status')).toMatchObject({ kind: 'ours', stock: true })
  })

  const calls = ['mach_down', 'ResourceManager', 'req_resource', 'hb_standby', 'hb_takeover']
  test.each(calls)('not a site’s script that calls %s, and it is told why', (call) => {
    const own = findScript(etc({ mine: `#!/bin/sh\n/usr/share/heartbeat/${call} all\n` }), 'mine')
    expect(own).toMatchObject({ kind: 'ours', stock: false, why: expect.stringContaining(`it calls ${call}`) })
  })

  test('not a site’s status that takes resources, and it is told why', () => {
    const script = findScript(etc({ status: `${stockStatus}mail root\n` }), 'status')
    expect(script).toMatchObject({ kind: 'ours', stock: false, why: expect.stringContaining('it calls mach_down') })
  })

  test('a site’s status that does something else', () => {
    expect(findScript(etc({ status: '#!/bin/sh\n# no mach_down here\nmail root\n' }), 'status').kind).toBe('run')
  })

  test.each(['../harc', 'a/b', '', 'a b', 'x'.repeat(32), 'nothing'])('none for %p', (type) => {
    expect(findScript(etc({ status: '#!/bin/sh\n' }, '#!/bin/sh\n'), type).kind).toBe('none')
  })
})

test('a message gives its text fields, but changes nothing of what heartbeat sets', () => {
  const fields = [
    text('st', 'dead'),
    text('FUNCS', '/tmp/evil'),
    text('a b', 'x'),
    text('st', 'second'),
    binary('srcuuid', new Uint8Array(16)),
  ]
  expect(scriptVariables({ fields }, 'active', { PATH: '/bin', HA_FUNCS: '/etc/ha.d/shellfuncs' })).toEqual({
    HA_st: 'dead',
    PATH: '/bin',
    HA_FUNCS: '/etc/ha.d/shellfuncs',
    HA_OSTATUS: 'active',
  })
})

describe('running', () => {
  function notifier(dir: string, timeLimitMs?: number) {
    const logged: string[] = []
    const options = {
      configDir: dir,
      env: () => ({ PATH: process.env.PATH ?? '', OUT: join(dir, 'out') }),
      localState: () => 'up',
    }
    const log = (level: string, line: string) => logged.push(`${level} ${line}`)
    return { logged, notifier: new Notifier({ ...options, log, ...(timeLimitMs ? { timeLimitMs } : {}) }) }
  }
  const out = (dir: string) =>
    Bun.file(join(dir, 'out'))
      .text()
      .catch(() => '')

  async function until(what: () => Promise<boolean> | boolean): Promise<void> {
    for (let i = 0; i < 500; i++) {
      if (await what()) return
      await Bun.sleep(10)
    }
    throw new Error(`not within 5 s: ${what}`)
  }

  test('one at a time, in order, with the environment', async () => {
    const body = '#!/bin/sh\necho begin $1 $HA_n $HA_OSTATUS >>$OUT; sleep 0.1; echo end $HA_n >>$OUT; echo said\n'
    const dir = etc({ mine: body })
    const { notifier: n, logged } = notifier(dir)
    for (const i of [1, 2, 3]) n.notify('mine', message('t=mine', `n=${i}`))
    await until(async () => (await out(dir)).includes('end 3'))
    expect(await out(dir)).toBe([1, 2, 3].map((i) => `begin mine ${i} up\nend ${i}\n`).join(''))
    expect(logged).toContain('info rc.d/mine: said')
  })

  test('not for ever', async () => {
    const dir = etc({ mine: '#!/bin/sh\nsleep 60\n' })
    const { notifier: n, logged } = notifier(dir, 200)
    n.notify('mine', message('t=mine'))
    await until(() => logged.some((line) => line.includes('time limit of 0.2 s')))
  })

  test('a failure is an error in the log, what is left out is told once', async () => {
    const dir = etc({ mine: '#!/bin/sh\nexit 3\n', status: `${stockStatus}true\n` })
    const { notifier: n, logged } = notifier(dir)
    for (let i = 0; i < 3; i++) n.notify('status', message('t=status'))
    n.notify('mine', message('t=mine'))
    await until(() => logged.includes('ERROR rc.d/mine: exit code 3'))
    expect(logged.filter((line) => line.includes('is not run')).length).toBe(1)
  })

  test('a flood is bounded', () => {
    const dir = etc({ mine: '#!/bin/sh\nsleep 1\n' })
    const { notifier: n, logged } = notifier(dir)
    for (let i = 0; i < 150; i++) n.notify('mine', message('t=mine'))
    expect(logged.filter((line) => line.includes('100 notifications wait')).length).toBeGreaterThan(40)
    n.close()
  })
})
