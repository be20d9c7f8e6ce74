/** The files that hb puts on a host, judged by the programs that will read them. */
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { verbNames } from '../../src/cli/verbs.ts'
import { hbThemes } from '../../src/config/table.ts'
import { bashCompletion } from '../../src/install/completion.ts'
import { initScript } from '../../src/install/initscript.ts'
import { manHb, manHbCf } from '../../src/install/man.ts'
import { notices } from '../../src/install/notices.ts'
import { roff } from '../../src/install/roff.ts'
import { systemdUnit } from '../../src/install/unit.ts'
import { CAPABILITIES } from '../../src/linux/capabilities.ts'
import { lacks } from '../static/place.ts'

const folder = mkdtempSync(join(tmpdir(), 'hb-texts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

function run(cmd: string[], env: Record<string, string> = {}) {
  const done = Bun.spawnSync({ cmd, env: { ...process.env, ...env }, stdout: 'pipe', stderr: 'pipe' })
  return { code: done.exitCode, out: done.stdout.toString(), err: done.stderr.toString() }
}

function judged(program: string, ...args: string[]): void {
  expect(run([program, ...args])).toEqual({ code: 0, out: '', err: '' })
}
const noAnalyze = lacks('systemd-analyze', 'systemd')
const noShellcheck = lacks('shellcheck', 'shellcheck')
const noGroff = lacks('groff', 'groff-base')

describe('the systemd unit', () => {
  const unit = systemdUnit('/bin/sh')

  test.skipIf(noAnalyze)('is accepted by systemd', () =>
    judged('systemd-analyze', 'verify', '--man=no', file('hb.service', unit)),
  )

  test('waits for READY, is watched, and names every capability with its use', () => {
    expect(unit).toContain('\nType=notify\n')
    expect(unit).toMatch(/\nWatchdogSec=\d+\n/)
    for (const { name, use } of CAPABILITIES) expect(unit).toContain(`#   ${name.padEnd(22)}${use}\n`)
  })

  test('unsets what steers a loader', () => expect(unit).toMatch(/\nUnsetEnvironment=.*LD_PRELOAD.*BUN_OPTIONS/))
})

describe('the init script', () => {
  const path = file('hb.init', initScript('/nowhere/hb'))
  const env = { HB_PIDFILE: join(folder, 'pid') }

  test('is a Bourne shell’s', () => expect(run(['sh', '-n', path]).err).toBe(''))
  test.skipIf(noShellcheck)('is clean', () => judged('shellcheck', '-s', 'sh', path))

  test('has a chkconfig header and one for LSB', () => {
    expect(initScript('x')).toMatch(/\n# chkconfig: - 75 05\n# description: .+\n/)
    expect(initScript('x')).toMatch(/### BEGIN INIT INFO\n(# .*\n)+### END INIT INFO\n/)
  })

  test('status: 3 without a daemon, 1 when it died, 0 while it runs', () => {
    expect(run(['sh', path, 'status'], env)).toMatchObject({ code: 3, out: 'hb is not running\n' })
    writeFileSync(env.HB_PIDFILE, '4194304\n')
    expect(run(['sh', path, 'status'], env)).toMatchObject({ code: 1, out: expect.stringContaining('is dead') })
    writeFileSync(env.HB_PIDFILE, `${process.pid}\n`)
    expect(run(['sh', path, 'status'], env)).toMatchObject({ code: 0, out: expect.stringContaining('is running') })
  })

  test('start without the executable, as after a package was removed: 5', () => {
    const gone = { HB_PIDFILE: join(folder, 'no-pid') }
    expect(run(['sh', path, 'start'], gone)).toEqual({
      code: 5,
      out: '',
      err: 'hb is not installed: there is no /nowhere/hb\n',
    })
    expect(run(['sh', path, 'stop'], gone).code).toBe(0)
  })

  test('an unknown word is a usage error', () => expect(run(['sh', path, 'begin'], env).code).toBe(2))
})

describe('bash completion', () => {
  const path = file('hb.bash', bashCompletion())
  const complete = (...words: string[]) => {
    const set = `. ${path}; COMP_WORDS=(${words.map((w) => `'${w}'`).join(' ')}); COMP_CWORD=${words.length - 1}`
    return run(['bash', '-c', `${set}; _hb; printf '%s\\n' "\${COMPREPLY[@]}"`])
      .out.trim()
      .split('\n')
  }

  test.skipIf(noShellcheck)('is clean', () => judged('shellcheck', path))

  test('offers every verb', () => expect(complete('hb', '')).toEqual([...verbNames]))

  test('offers the words and options of a verb', () => {
    expect(complete('hb', 'standby', 'f')).toEqual(['foreign', 'failback'])
    expect(complete('hb', 'check', '--e')).toEqual(['--explain'])
    expect(complete('hb', 'help', 'stan')).toEqual(['standby'])
  })

  test('offers the first words of a verb whose others are free', () => {
    expect(complete('hb', 'maintenance', 'o')).toEqual(['on', 'off'])
  })

  test('offers files where a verb or an option is about one', () => {
    expect(complete('hb', 'upgrade', path.slice(0, -2))).toEqual([path])
    expect(complete('hb', 'status', '--socket', path.slice(0, -2))).toEqual([path])
    expect(complete('hb', 'install-links', '/us')).toEqual(['/usr'])
  })

  test('offers directories behind an option that takes one', () => {
    expect(complete('hb', 'check', '--config', '/us')).toEqual(['/usr'])
  })
})

describe('the notices', () => {
  test('name every part with its version, and have the terms of hb, hono and valibot', () => {
    const text = notices()
    for (const [name, version] of Object.entries(manifest.dependencies))
      expect(text).toContain(`\n${name} ${version}\n`)
    expect(text).toContain(`\nBun ${manifest.devDependencies.bun}\n`)
    expect(text).toContain('\nThe GNU C library and its dynamic loader\n')
    expect(text.match(/Permission is hereby granted/g)?.length).toBe(1 + Object.keys(manifest.dependencies).length)
    expect(text).toContain('scripts/build --libc FOLDER')
  })
})

describe('the manual pages', () => {
  const pages = { 'hb.8': manHb('9.9'), 'hb.cf.5': manHbCf('9.9') }

  for (const [name, text] of Object.entries(pages)) {
    test.skipIf(noGroff)(`${name} is without warnings`, () =>
      judged('groff', '-man', '-Tutf8', '-ww', '-z', file(name, text)),
    )
  }

  test('hb(8) has every verb, hb.cf(5) every directive', () => {
    for (const verb of verbNames) expect(pages['hb.8']).toContain(`\n.SS hb ${verb.replaceAll('-', '\\-')}`)
    for (const d of hbThemes.flatMap((t) => t.directives))
      expect(pages['hb.cf.5']).toContain(`\n.B ${roff(d.grammar)}\n`)
  })

  test('what roff would take for itself is escaped', () => {
    expect(roff(".a\n'b\n\\c --d")).toBe("\\&.a\n\\&'b\n\\ec \\-\\-d")
  })
})
