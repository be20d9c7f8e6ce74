import { expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runScript } from '../../src/agents/script.ts'
import type { Operation } from '../../src/io.ts'

const folder = mkdtempSync(join(tmpdir(), 'hb-systemd-'))
const systemctl = join(folder, 'systemctl')
// Speaks as systemctl does, and says on request what is not so: the exit code alone counts.
writeFileSync(
  systemctl,
  '#!/bin/sh\necho "$1 $2" >>' +
    join(folder, 'calls') +
    '\ncase $1 in is-active) echo active; exit "$CODE" ;; *) exit "$CODE" ;; esac\n',
)
chmodSync(systemctl, 0o755)

const run = (text: string, op: Operation, code: number, places = [systemctl]) => {
  const [script = '', ...args] = text.split('::')
  const resource = { text, script, args, file: 'haresources', line: 1, column: 1 }
  const directories = { config: folder, init: join(folder, 'init.d'), ocf: folder, systemctl: places }
  return runScript(resource, op, 5000, { directories, env: () => ({ PATH: '/usr/bin:/bin', CODE: String(code) }) })
}

test('systemd::NAME is judged by exit code, not by text', async () => {
  expect((await run('systemd::nginx', 'start', 0)).outcome).toBe('ok')
  expect((await run('systemd::nginx', 'stop', 1)).outcome).toBe('failed')
  expect((await run('systemd::nginx', 'status', 0)).outcome).toBe('running')
  for (const code of [3, 4]) expect((await run('systemd::nginx', 'status', code)).outcome).toBe('stopped')
  expect((await run('systemd::nginx', 'status', 1)).outcome).toBe('failed')
  const calls = await Bun.file(join(folder, 'calls')).text()
  expect(calls.split('\n').slice(0, 3)).toEqual(['start nginx', 'stop nginx', 'is-active nginx'])
})

test('without systemctl, or without a name, nothing is run', async () => {
  expect(await run('systemd::nginx', 'start', 0, ['/no/such'])).toMatchObject({ outcome: 'missing' })
  expect(await run('systemd', 'start', 0)).toMatchObject({ outcome: 'missing' })
  expect(await run('systemd::--now', 'start', 0)).toMatchObject({ outcome: 'missing' })
})
