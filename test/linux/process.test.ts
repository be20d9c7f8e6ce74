import { describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CAPABILITIES, missingCapabilities, missingIn } from '../../src/linux/capabilities.ts'
import { codeOf, SystemError } from '../../src/linux/libc.ts'
import { serviceNotify, UnixSender, unixAddress } from '../../src/linux/notify.ts'
import { programParts } from '../../src/linux/realtime.ts'

/** Runs a piece of TypeScript in a process of its own and returns what it printed as JSON. */
function apart(code: string): unknown {
  const done = spawnSync(process.execPath, ['-e', code], { cwd: join(import.meta.dir, '../..'), encoding: 'utf8' })
  if (done.status !== 0) throw new Error(done.stderr)
  return JSON.parse(done.stdout)
}

describe('errors of the system', () => {
  test('say which call, what it means and its name', () => {
    const error = new SystemError('adding 10.0.0.1/24', 1)
    expect(error.message).toBe('adding 10.0.0.1/24: operation not permitted (EPERM)')
    expect(codeOf(error)).toBe('EPERM')
    expect(new SystemError('x', 999).message).toBe('x: error 999 (E999)')
    expect(codeOf(new Error('x'))).toBe('')
  })
})

describe('capabilities', () => {
  const status = (bits: string): string => `Name:\thb\nCapInh:\t0000000000000000\nCapEff:\t${bits}\nCapBnd:\t0\n`

  test('all there', () => {
    expect(missingIn(status('000001ffffffffff'))).toEqual([])
  })

  test('none there, or no such line', () => {
    expect(missingIn(status('0000000000000000'))).toEqual([...CAPABILITIES])
    expect(missingIn('')).toEqual([...CAPABILITIES])
  })

  test("a container's usual set has no CAP_NET_ADMIN, CAP_IPC_LOCK and CAP_SYS_NICE", () => {
    expect(missingIn(status('00000000a80425fb')).map((c) => c.name)).toEqual([
      'CAP_NET_ADMIN',
      'CAP_IPC_LOCK',
      'CAP_SYS_NICE',
    ])
  })

  test('of this process', () => {
    expect(missingCapabilities()).toEqual(missingIn(readFileSync('/proc/self/status', 'latin1')))
  })
})

describe('realtime', () => {
  const report = `
    const { becomeRealtime, lockMemory } = await import('./src/linux/realtime.ts')
    const { readFileSync } = await import('node:fs')
    const { spawnSync } = await import('node:child_process')
    const priority = becomeRealtime(5), memory = lockMemory()
    const policy = (text) => Number(text.split(') ')[1].split(' ')[38])
    const child = spawnSync('cat', ['/proc/self/stat'], { encoding: 'utf8' }).stdout
    const residentKb = Number(/VmRSS:\\s*([0-9]+)/.exec(readFileSync('/proc/self/status', 'latin1'))[1])
    const own = policy(readFileSync('/proc/self/stat', 'latin1'))
    console.log(JSON.stringify({ priority, memory, own, child: policy(child), residentKb }))`

  test('is had, but not by children; or the reason is said in one line', () => {
    const found = apart(report) as Record<'priority' | 'memory', { done: boolean; text: string }> &
      Record<'own' | 'child' | 'residentKb', number>
    if (found.priority.done)
      expect(found).toMatchObject({ own: 2, child: 0, priority: { text: 'realtime priority 5' } })
    else expect(found.priority.text).toMatch(/^no realtime priority: sched_setscheduler: .+$/)
    if (found.memory.done) expect(found.memory.text).toBe('memory locked: the program and its libraries')
    else expect(found.memory.text).toMatch(/^memory not locked: mlock2: .+$/)
    // Only what is used is in memory: plain locking would take the whole program, or gigabytes.
    expect(found.residentKb).toBeGreaterThan(1000)
    expect(found.residentKb).toBeLessThan(500_000)
  })
})

describe('unix datagrams', () => {
  test('addresses by path and in the abstract name space', () => {
    expect(Buffer.from(unixAddress('/a')!).toString('hex')).toBe('01002f6100')
    expect(Buffer.from(unixAddress('@a')!).toString('hex')).toBe('01000061')
    expect(unixAddress('')).toBeUndefined()
    expect(unixAddress(`/${'x'.repeat(107)}`)).toBeUndefined()
    expect(() => new UnixSender('')).toThrow('1 to 107 bytes')
  })

  test('a receiver gets them, also one that was started again', () => {
    const path = join(tmpdir(), `hb-notify-${process.pid}.sock`)
    const sender = new UnixSender(path)
    expect(sender.send(Buffer.from('nobody yet'))).toContain('no such file')
    for (const text of ['first', 'second']) {
      const receiver = apart(`
        const { RawSocket, AF_UNIX, SOCK_DGRAM } = await import('./src/linux/socket.ts')
        const { unixAddress, serviceNotify } = await import('./src/linux/notify.ts')
        const receiver = new RawSocket('a test socket', AF_UNIX, SOCK_DGRAM, 0)
        receiver.bind(unixAddress('${path}'))
        const problem = serviceNotify('${text}=1', '${path}')
        const buffer = new Uint8Array(100)
        const length = receiver.receive(buffer)
        console.log(JSON.stringify([problem, new TextDecoder().decode(buffer.subarray(0, length))]))`)
      expect(receiver).toEqual([null, `${text}=1`])
      expect(sender.send(Buffer.from('x'))).toContain('connection refused')
      rmSync(path)
    }
    sender.close()
  })

  test('without a service manager there is nothing to tell', () => {
    expect(serviceNotify('READY=1', '')).toBeNull()
  })
})

describe('the parts of a program', () => {
  const maps = [
    '00200000-01a39000 r--p 00000000 fe:00 5308630                            /usr/bin/hb',
    '01a40000-0684a000 r-xp 01838000 fe:00 5308630                            /usr/bin/hb',
    '48307000000-48347000000 rw-p 00000000 00:00 0 ',
    '7f07d8a8c000-7f0818a8c000 rwxp 00000000 00:00 0 ',
    '7f0818df7000-7f0818f4d000 r-xp 00026000 fe:00 339380                     /memfd:libc.so.6 (deleted)',
    '7f0819000000-7f0819001000 ---p 00026000 fe:00 339380                     /memfd:libc.so.6 (deleted)',
    '7ffc2b000000-7ffc2b021000 rw-p 00000000 00:00 0                          [stack]',
    'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]',
  ]

  test('are what lies in files and can be read: neither heap nor stack', () => {
    expect(programParts(`${maps.join('\n')}\n`)).toEqual([
      [0x200000n, 0x1a39000n],
      [0x1a40000n, 0x684a000n],
      [0x7f0818df7000n, 0x7f0818f4d000n],
    ])
  })

  test('of nothing are none', () => expect(programParts('')).toEqual([]))
})
