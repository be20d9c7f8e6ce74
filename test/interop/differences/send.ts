/** Runs in the client's network: sends datagrams, one after the other. Usage: send.ts FILE ADDRESS, FILE has base64 lines. */
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'

const PORT = 694
const PAUSE_MS = 2

const [file = '', address = ''] = process.argv.slice(2)
const socket = createSocket('udp4')
await new Promise<void>((done) => socket.bind(0, done))
socket.setBroadcast(true)
for (const line of readFileSync(file, 'utf8').split('\n')) {
  await new Promise<void>((done) => socket.send(Buffer.from(line, 'base64'), PORT, address, () => done()))
  await Bun.sleep(PAUSE_MS)
}
socket.close()
