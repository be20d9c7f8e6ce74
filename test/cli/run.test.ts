import { describe, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { hb } from './program.ts'

/** A directory with a configuration for this host, changed where a test wants it changed. */
function etc(over: Record<string, string> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'hb-etc-'))
  const files = {
    'ha.cf': `logfacility local0\nauto_failback on\nucast lo 127.0.0.2\nnode ${hostname()} other\n`,
    haresources: `${hostname()} 127.0.0.9\n`,
    authkeys: 'auth 1\n1 sha1 secret\n',
    ...over,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  chmodSync(join(dir, 'authkeys'), 0o600)
  return dir
}

describe('hb run does not start', () => {
  test('without a configuration: 6, and every problem is named', async () => {
    const dir = join(etc(), 'nothing')
    const { code, out, err } = await hb(['run', '--config', dir])
    expect({ code, out }).toEqual({ code: 6, out: '' })
    for (const file of ['ha.cf', 'haresources', 'authkeys']) expect(err).toContain(`${dir}/${file}: error: `)
    expect(err).toEndWith(`hb: not started: the configuration in ${dir} has errors\n`)
  })

  test('with a wrong one: 6, with file, line, column, word and remedy', async () => {
    const dir = etc({ 'ha.cf': `ucast lo 127.0.0.2\nnode ${hostname()} other\n  keepaliv 1\n` })
    const { code, err } = await hb(['run', '--config', dir])
    expect(code).toBe(6)
    expect(err).toContain(`${dir}/ha.cf:3:3: error: unknown directive: 'keepaliv' (did you mean keepalive?)\n`)
  })

  test('from a path that is relative, which scripts that start in / could not follow: it is made absolute', async () => {
    const dir = etc({ 'ha.cf': 'keepaliv 1\n' })
    const { code, err } = await hb(['run', '--config', basename(dir)], {}, dirname(dir))
    expect(code).toBe(6)
    expect(err).toContain(`${dir}/ha.cf:1:1: error: `)
  })

  test('with keys that others may read: 6', async () => {
    const dir = etc()
    chmodSync(join(dir, 'authkeys'), 0o644)
    const { code, err } = await hb(['run', '--config', dir])
    expect(code).toBe(6)
    expect(err).toContain(`${dir}/authkeys`)
    expect(err).not.toContain('secret')
  })
})
