/** The stonith program, played by scripts in a directory of the test's own. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Device, resetNode, stonithArguments } from '../../src/agents/stonith.ts'

const device: Device = { from: '*', type: 'external/ipmi', params: ['-F', '/etc/ha.d/ipmi'] }
let directory = ''

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stonith-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const env = () => ({ PATH: `${directory}:/usr/bin:/bin`, HA_CURHOST: 'ann' })

function program(body: string, mode = 0o755): void {
  const file = join(directory, 'stonith')
  writeFileSync(file, `#!/bin/sh\n${body}\n`)
  chmodSync(file, mode)
}

describe('the call', () => {
  test('a file of parameters', () => {
    expect(stonithArguments(device, 'bob')).toEqual(
      ['-t', 'external/ipmi', '-F', '/etc/ha.d/ipmi', '-T', 'reset', 'bob'], // as stonith(8) has it
    )
  })

  test('parameters of stonith_host are one word, though they hold blanks', async () => {
    program(`printf '%s\\n' "$@" > ${directory}/call; echo "$HA_CURHOST" >> ${directory}/call`)
    const ssh: Device = { from: 'ann', type: 'ssh', params: ['-p', 'ann bob'] }
    expect(await resetNode('bob', { device: ssh, env: env() })).toEqual({ ok: true, detail: 'stonith ssh' })
    expect(readFileSync(join(directory, 'call'), 'utf8')).toBe('-t\nssh\n-p\nann bob\n-T\nreset\nbob\nann\n')
  })
})

describe('what becomes of it', () => {
  test('success, with its last words', async () => {
    program('echo "bob is off and on again"')
    const lines: string[] = []
    const result = await resetNode('bob', { device, env: env(), onLine: (line) => lines.push(line) })
    expect(result).toEqual({ ok: true, detail: 'stonith external/ipmi: bob is off and on again' })
    expect(lines).toEqual(['bob is off and on again'])
  })

  test('an exit code other than 0 is a failure', async () => {
    program('echo "no answer from 10.0.0.9" >&2; exit 5')
    const detail = 'stonith external/ipmi: exit code 5: no answer from 10.0.0.9'
    expect(await resetNode('bob', { device, env: env() })).toEqual({ ok: false, detail })
  })

  test('the end by a signal is a failure', async () => {
    program('kill -KILL $$')
    const detail = 'stonith external/ipmi: ended by SIGKILL'
    expect(await resetNode('bob', { device, env: env() })).toEqual({ ok: false, detail })
  })

  test('its time limit ends it and all that it has started', async () => {
    program(`(sleep 2; touch ${directory}/late) & sleep 30`)
    const began = performance.now()
    const result = await resetNode('bob', { device, env: env(), limitMs: 300 })
    expect(result).toEqual({ ok: false, detail: 'stonith external/ipmi: killed after its time limit of 0.3 s' })
    expect(performance.now() - began).toBeLessThan(2000)
    await Bun.sleep(2200)
    expect(await Bun.file(join(directory, 'late')).exists()).toBe(false)
  })

  test('a long text is cut', async () => {
    program('head -c 5000 /dev/zero | tr "\\0" x; exit 1')
    expect((await resetNode('bob', { device, env: env() })).detail.length).toBe(300)
  })
})

describe('what is missing', () => {
  test('the program: says what to install', async () => {
    const { ok, detail } = await resetNode('bob', { device, env: { PATH: directory } })
    expect([ok, detail]).toEqual([false, `there is no program stonith in ${directory}: install cluster-glue`])
  })

  test.each(['', 'bin', '.'])('PATH %p leads nowhere', async (path) => {
    expect((await resetNode('bob', { device, env: { PATH: path } })).ok).toBe(false)
  })

  test('a file that is no program', async () => {
    program('exit 0', 0o644)
    // Root may read anything, yet executes only what some execute bit allows.
    expect((await resetNode('bob', { device, env: { PATH: directory } })).ok).toBe(false)
  })

  test('its interpreter', async () => {
    writeFileSync(join(directory, 'stonith'), '#!/no/such/shell\n')
    chmodSync(join(directory, 'stonith'), 0o755)
    const { ok, detail } = await resetNode('bob', { device, env: env() })
    expect(ok).toBe(false)
    expect(detail).toContain('missing')
  })

  test('a device', async () => {
    const result = await resetNode('bob', { device: null, env: env() })
    expect(result).toEqual({ ok: false, detail: 'ha.cf names no stonith device for this node' })
  })
})
