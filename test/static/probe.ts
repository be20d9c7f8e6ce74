/**
 * A program built like hb itself that reports, as one line of JSON, what it finds where it is started: for places in
 * which a daemon cannot be looked at. `probe version` answers as hb does, for the build's own check.
 */
import { createSocket } from 'node:dgram'
import { readdirSync, readlinkSync } from 'node:fs'
import { cleanInheritance } from '../../src/launcher/inherit.ts'
import { bindLibc } from '../../src/runtime/ffi.ts'

const atStart = { ...process.env }
cleanInheritance()

/** Every descriptor that is open and what it leads to; the one that lists the others is gone by then. */
function descriptors(): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of readdirSync('/proc/self/fd')) {
    try {
      found[name] = readlinkSync(`/proc/self/fd/${name}`)
    } catch {}
  }
  return found
}

/** The bytes of a datagram to itself: several at once, so that sendmmsg and recvmmsg are used where they exist. */
async function datagrams(): Promise<string[]> {
  const got: string[] = []
  const socket = createSocket('udp4')
  await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound))
  const { port } = socket.address()
  await new Promise<void>((done) => {
    socket.on('message', (m) => got.push(m.toString()) === 3 && done())
    for (const text of ['a', 'b', 'c']) socket.send(text, port, '127.0.0.1')
    setTimeout(done, 2000).unref()
  })
  socket.close()
  return got
}

async function http(): Promise<string> {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('alive') })
  const text = await (await fetch(`http://127.0.0.1:${server.port}/`)).text()
  await server.stop(true)
  return text
}

/**
 * What a child process says: this program's own look at its environment and descriptors, or another command's words. Its
 * standard input is a pipe, as /dev/null need not exist.
 */
async function child(cmd: string[]): Promise<unknown> {
  const words = cmd.length ? cmd : [process.execPath, 'look']
  const run = Bun.spawn({ cmd: words, env: process.env, stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' })
  const out = await new Response(run.stdout).text()
  return cmd.length ? out : JSON.parse(out)
}

/** Whether the C library that foreign functions find by name is the one in use. */
function library(): number {
  return bindLibc({ getpid: { args: [], returns: 'i32' } }).getpid()
}

const [verb, ...words] = process.argv.slice(2)
if (verb === 'version') console.log('hb probe')
else if (verb === 'look') console.log(JSON.stringify({ env: process.env, descriptors: descriptors() }))
else {
  const environment = { atStart, env: process.env, descriptors: descriptors() }
  const host = { pid: process.pid, ffi: library(), random: crypto.getRandomValues(new Uint8Array(4)).length }
  const traffic = { datagrams: await datagrams(), http: await http() }
  console.log(JSON.stringify({ ...environment, ...host, ...traffic, child: await child(words) }))
}
