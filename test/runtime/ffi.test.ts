import { describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bindLibc, readInt32 } from '../../src/runtime/ffi.ts'

const root = join(import.meta.dir, '../..')

describe('functions of the C library', () => {
  test('are found by name, and take numbers and buffers', () => {
    const libc = bindLibc({
      getpid: { args: [], returns: 'i32' },
      memcpy: { args: ['buffer', 'buffer', 'u64'], returns: 'pointer' },
      strlen: { args: ['buffer'], returns: 'u64' },
    })
    expect(libc.getpid()).toBe(process.pid)
    expect(Number(libc.strlen(new TextEncoder().encode('hello\0')))).toBe(5)
    const copy = new Uint8Array(3)
    expect(readInt32(libc.memcpy(Uint8Array.of(0, 0, 0, 0), Uint8Array.of(1, 2, 0, 0), 4))).toBe(0x0201)
    libc.memcpy(copy, Uint8Array.of(7, 8, 9), 3)
    expect([...copy]).toEqual([7, 8, 9])
  })

  test('the number of the last error is read right after it', () => {
    const libc = bindLibc({
      close: { args: ['i32'], returns: 'i32' },
      __errno_location: { args: [], returns: 'pointer' },
    })
    for (let n = 0; n < 1000; n++) {
      expect(libc.close(-1)).toBe(-1)
      expect(readInt32(libc.__errno_location())).toBe(9)
    }
  })

  test('one that does not exist is an error that names every library tried', () => {
    expect(() => bindLibc({ no_such_function: { args: [], returns: 'i32' } })).toThrow(
      /cannot load the C library.*libc\.so\.6/,
    )
  })

  test('work in a compiled program, too', () => {
    const dir = mkdtempSync(join(tmpdir(), 'hb-ffi-'))
    try {
      writeFileSync(
        join(dir, 'main.ts'),
        `import { libc, errno } from '${root}/src/linux/libc.ts'
         console.log(libc().close(-1), errno())`,
      )
      const built = spawnSync(process.execPath, [
        'build',
        '--compile',
        join(dir, 'main.ts'),
        '--outfile',
        join(dir, 'main'),
      ])
      expect(built.status).toBe(0)
      expect(spawnSync(join(dir, 'main'), { encoding: 'utf8' }).stdout).toBe('-1 9\n')
    } finally {
      rmSync(dir, { recursive: true })
    }
  }, 30_000)
})
