import { describe, expect, test } from 'bun:test'
import { socketAddress } from '../../src/links/address.ts'
import { libc } from '../../src/links/libc.ts'
import { type ReceiveMode, receive } from '../../src/links/receiver.ts'
import { openReceiver, openSender, SocketError } from '../../src/links/socket.ts'
import { sendNow } from '../../src/links/transfer.ts'
import { bytes, collector, openDescriptors, sleep, until } from './helpers.ts'

const PORT = 46940
const lo = { device: 'lo', index: 1, port: PORT, group: null }
const there = (family: 4 | 6, port = PORT) => socketAddress(family === 4 ? '127.0.0.1' : '::1', port)
const ignore = { onDatagram: () => {}, onError: () => {} }

describe.each(['events', 'poll'] as const)('by %s', (mode: ReceiveMode) => {
  describe.each([4, 6] as const)('IPv%d', (family) => {
    const open = () => {
      const seen = collector()
      const receiver = receive(openReceiver({ ...lo, family }), family, mode, {
        onDatagram: (data, source) => seen.onDatagram(data, source),
        onError: (code) => expect.unreachable(code),
      })
      const fd = openSender({ kind: family === 4 ? 'ucast' : 'ucast6', device: 'lo', index: 1 })
      const close = () => {
        receiver.close()
        libc().close(fd)
      }
      return { seen, receiver, send: (data: Uint8Array) => sendNow(fd, data, there(family)), close }
    }

    test('a datagram is delivered with the address it came from', async () => {
      const { seen, send, close } = open()
      expect(send(bytes('hello'))).toBe('')
      await until('delivery', () => seen.got.length === 1)
      expect(seen.got[0]).toEqual({ text: 'hello', source: family === 4 ? '127.0.0.1' : '::1', bytes: 5 })
      close()
    })

    test('drain delivers what is queued before it returns, in order, once', async () => {
      const { seen, receiver, send, close } = open()
      for (let i = 0; i < 20; i++) send(bytes(`${i}`))
      expect(receiver.drain()).toBe(20)
      expect(seen.texts()).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`))
      expect(receiver.drain()).toBe(0)
      await sleep(30)
      expect(seen.got.length).toBe(20)
      send(bytes('after'))
      await until('delivery after a drain', () => seen.got.length === 21)
      close()
    })

    test('the largest datagram there is, and an empty one', () => {
      const { seen, receiver, send, close } = open()
      const most = family === 4 ? 65507 : 65527
      expect([send(new Uint8Array(most)), send(new Uint8Array(0))]).toEqual(['', ''])
      expect(send(new Uint8Array(most + 1))).toBe('EMSGSIZE')
      receiver.drain()
      expect(seen.got.map((g) => g.bytes)).toEqual([most, 0])
      close()
    })

    test('after close nothing is delivered, and drain and close do nothing', async () => {
      const { seen, receiver, send, close } = open()
      send(bytes('too late'))
      receiver.close()
      expect(receiver.drain()).toBe(0)
      receiver.close()
      await sleep(30)
      expect(seen.got).toEqual([])
      close()
    })
  })

  test('a thousand sockets opened and closed leave no descriptor and no bound port', async () => {
    const before = openDescriptors()
    for (let i = 0; i < 1000; i++) {
      receive(openReceiver({ ...lo, family: 4 }), 4, mode, ignore).close()
      if (i % 100 === 0) await sleep(0)
    }
    await sleep(20)
    expect(openDescriptors()).toBe(before)
    const taken = await Bun.file('/proc/net/udp').text()
    expect(taken).not.toContain(`:${PORT.toString(16).toUpperCase()} `)
  })

  test('closing from within a delivery ends it', () => {
    let count = 0
    const fd = openSender({ kind: 'ucast', device: 'lo', index: 1 })
    const receiver = receive(openReceiver({ ...lo, family: 4 }), 4, mode, {
      onDatagram: () => {
        count++
        receiver.close()
      },
      onError: (code) => expect.unreachable(code),
    })
    for (let i = 0; i < 3; i++) sendNow(fd, bytes('x'), there(4))
    receiver.drain()
    expect(count).toBe(1)
    libc().close(fd)
  })
})

describe('what cannot be opened', () => {
  const failure = (open: () => unknown): string => {
    const before = openDescriptors()
    try {
      open()
    } catch (error) {
      expect(openDescriptors()).toBe(before)
      if (error instanceof SocketError) return `${error.call} ${error.code}`
      throw error
    }
    return 'opened'
  }

  test('a device that is not there', () => {
    expect(failure(() => openReceiver({ ...lo, family: 4, device: 'nosuchif0' }))).toBe('SO_BINDTODEVICE ENODEV')
    expect(failure(() => openSender({ kind: 'ucast', device: 'nosuchif0', index: 9 }))).toBe('SO_BINDTODEVICE ENODEV')
  })

  test('a port that another program has for itself', () => {
    const fd: number = libc().socket(2, 2, 0)
    const any = socketAddress('0.0.0.0', PORT)
    expect(libc().bind(fd, any, any.length)).toBe(0)
    expect(failure(() => openReceiver({ ...lo, family: 4 }))).toBe('bind EADDRINUSE')
    libc().close(fd)
  })

  test('a group on an interface that is not there', () => {
    const spec = { ...lo, family: 4 as const, index: 999999, group: '239.0.0.1' }
    expect(failure(() => openReceiver(spec))).toBe('IP_ADD_MEMBERSHIP ENODEV')
  })
})
