/**
 * Sends datagrams to the heartbeat port of hosts as fast as one core can: forged ones, ones that were overheard and are
 * said again, and ones as large as UDP carries. Prints how many when its standard input ends.
 *
 * Usage: flood.ts PORT SECONDS ADDRESS...
 */
import { randomBytes } from 'node:crypto'

const BURST = 64
/** So many different broadcasts are listened for before the flood begins, or for so long. */
const OVERHEARD = 12
const LISTEN_MS = 3000

const [port = '694', seconds = '10', ...addresses] = process.argv.slice(2)

const body = (size: number) =>
  `###\n8:(0)t=bye,12:(0)src=node1,${size}:(0)pad=${'x'.repeat(Math.max(0, size - 7))},%%%\n`
const forged = () => `${body(20)}42:1 ${randomBytes(20).toString('hex')},`

async function overhear(): Promise<Uint8Array[]> {
  const heard: Uint8Array[] = []
  const socket = await Bun.udpSocket({
    port: Number(port),
    socket: { data: (_, data) => void (heard.length < OVERHEARD && heard.push(Uint8Array.from(data))) },
  })
  const endMs = performance.now() + LISTEN_MS
  while (heard.length < OVERHEARD && performance.now() < endMs) await Bun.sleep(50)
  socket.close()
  return heard
}

const overheard = await overhear()
if (overheard.length === 0) throw new Error('nothing was overheard: is the medium bcast?')
const large = Buffer.from(`###\n${'6:(0)a=1,'.repeat(7000)}%%%\n`.slice(0, 65_000))
const pool = [...overheard, ...overheard, ...Array.from({ length: 60 }, () => Buffer.from(forged())), large]
const socket = await Bun.udpSocket({})
console.log(`flooding with ${overheard.length} overheard datagrams among ${pool.length}`)
const beganMs = performance.now()
let sent = 0
while (performance.now() - beganMs < Number(seconds) * 1000) {
  for (let burst = 0; burst < 20; burst++) {
    const packets = Array.from({ length: BURST }, (_, i) => [
      pool[(sent + i * 7) % pool.length]!,
      Number(port),
      addresses[i % addresses.length]!,
    ])
    sent += socket.sendMany(packets.flat() as never)
  }
  await Bun.sleep(0)
}
const rate = Math.round(sent / ((performance.now() - beganMs) / 1000))
console.log(JSON.stringify({ sent, rate }))
process.exit(0)
