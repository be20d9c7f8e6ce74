import { describe, expect, test } from 'bun:test'
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStderr } from '../../src/log/stderr.ts'

const CHILD = new URL('stderr-child.ts', import.meta.url).pathname

describe('standard error', () => {
  test('a file gets every line', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'hb-stderr-')), 'err')
    const fd = openSync(path, 'a')
    const stream = openStderr(fd)
    stream.write('one')
    stream.write('zwei ü')
    stream.close()
    closeSync(fd)
    expect(readFileSync(path, 'utf8')).toBe('one\nzwei ü\n')
    expect(stream.lost).toBe(0)
  })

  test('a reader who has stopped reading stops nobody', async () => {
    // The shell opens both ends of a pipe that nobody reads, and hands it over as standard error.
    const pipe = join(mkdtempSync(join(tmpdir(), 'hb-stderr-')), 'pipe')
    const script = 'mkfifo "$1" && exec 3<>"$1" && exec timeout 10 "$2" "$3" 2>&3'
    const child = Bun.spawn(['sh', '-c', script, 'sh', pipe, process.execPath, CHILD], {
      stdout: 'pipe',
      env: process.env,
    })
    const { lost, tookMs } = JSON.parse(await new Response(child.stdout).text())
    expect(await child.exited).toBe(0)
    expect(lost).toBeGreaterThan(1000)
    expect(tookMs).toBeLessThan(5000)
  })

  test('a closed descriptor is a lost line', () => {
    const stream = openStderr(9999)
    stream.write('x')
    expect(stream.lost).toBe(1)
  })
})
