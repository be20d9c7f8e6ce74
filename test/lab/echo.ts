/**
 * A UDP echo responder: sends each datagram back with the host's name added, from the very address it was sent to. An
 * ordinary wildcard socket would answer from the host's first address and a probing client could not tell which address
 * is served, so the address is taken from the packet and put into the reply (IP_PKTINFO).
 *
 * Usage: echo.ts [PORT]
 */
import { ptr } from 'bun:ffi'
import { hostname } from 'node:os'
import { bindLibc } from '../../src/runtime/ffi.ts'

const AF_INET = 2
const SOCK_DGRAM = 2
const SOL_IP = 0
const IP_PKTINFO = 8
/** struct msghdr, and one struct cmsghdr with a struct in_pktinfo, on 64-bit Linux. */
const MSGHDR_BYTES = 56
const CONTROL_BYTES = 32
const CONTROL_ADDRESS = { specific: 20, destination: 24 }
const DATAGRAM_BYTES_MAX = 2048

const libc = bindLibc({
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  setsockopt: { args: ['i32', 'i32', 'i32', 'buffer', 'u32'], returns: 'i32' },
  bind: { args: ['i32', 'buffer', 'u32'], returns: 'i32' },
  recvmsg: { args: ['i32', 'buffer', 'i32'], returns: 'i64' },
  sendmsg: { args: ['i32', 'buffer', 'i32'], returns: 'i64' },
})

function listen(port: number): number {
  const socket = libc.socket(AF_INET, SOCK_DGRAM, 0)
  if (socket < 0) throw new Error('echo: no socket')
  if (libc.setsockopt(socket, SOL_IP, IP_PKTINFO, new Int32Array([1]), 4) < 0) throw new Error('echo: no IP_PKTINFO')
  const address = new Uint8Array(16)
  const view = new DataView(address.buffer)
  view.setUint16(0, AF_INET, true)
  view.setUint16(2, port)
  if (libc.bind(socket, address, 16) < 0) throw new Error(`echo: port ${port} is taken`)
  return socket
}

/** Blocks in the kernel for ever: this process does nothing else, and ends by a signal. */
function serve(socket: number): never {
  const data = new Uint8Array(DATAGRAM_BYTES_MAX + 256)
  const sender = new Uint8Array(16)
  const control = new Uint8Array(CONTROL_BYTES)
  const vector = new BigUint64Array([BigInt(ptr(data)), 0n])
  const header = new Uint8Array(MSGHDR_BYTES)
  const words = new BigUint64Array(header.buffer)
  words[0] = BigInt(ptr(sender))
  words[2] = BigInt(ptr(vector))
  words[3] = 1n
  words[4] = BigInt(ptr(control))
  const name = new TextEncoder().encode(` ${hostname()}`)
  for (;;) {
    words[1] = 16n
    words[5] = BigInt(CONTROL_BYTES)
    words[6] = 0n
    vector[1] = BigInt(DATAGRAM_BYTES_MAX)
    const length = Number(libc.recvmsg(socket, header, 0))
    if (length < 0) continue
    data.set(name, length)
    vector[1] = BigInt(length + name.length)
    control.copyWithin(CONTROL_ADDRESS.specific, CONTROL_ADDRESS.destination, CONTROL_ADDRESS.destination + 4)
    control.fill(0, 16, 20) // any interface: the route back decides
    libc.sendmsg(socket, header, 0) // fails when the address has just gone: then there is no answer
  }
}

serve(listen(Number(process.argv[2] ?? 7777)))
