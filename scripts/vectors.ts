/**
 * Pick a compact, representative set out of a folder of captures: the first datagram of every kind, where a kind is the
 * fields with all values but those that always change. What a node says about resources counts again in each
 * scenario, the rest (beats, acknowledgements, greetings) only once for each medium and key. Left out are scenarios
 * about ARP alone and one that repeats another.
 *
 * usage: bun scripts/vectors.ts CAPTURES-DIR OUT-DIR
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Packet {
  readonly t: number
  readonly link: string
  readonly from: string
  readonly payload: string
  readonly classic: string
  readonly note: string
}

interface Capture {
  readonly scenario: string
  readonly config: unknown
  readonly packets?: readonly Packet[]
}

/** Fields that change with every message of a kind. */
const VARYING = new Set([
  'dt',
  'seq',
  'hg',
  'ts',
  'ld',
  'auth',
  'ackseq',
  'firstseq',
  'lastseq',
  '(1)srcuuid',
  '(1)destuuid',
])
const EVERYWHERE_ALIKE = /^t=(status|NS_ackmsg|NS_rexmit|reqnodes|repnodes|starting)$/m

function kindOf(packet: Packet): string {
  const steering = packet.classic.split('\n').map((line) => {
    const name = line.slice(0, line.indexOf('='))
    return VARYING.has(name) ? name : line
  })
  return [packet.from.split('.').at(-1), ...steering].join('|')
}

/** A digest of crc with a leading zero left out is a kind of its own, within and at the end. */
function shortCrc(packet: Packet): string | null {
  if (/^auth=\d+ [0-9a-f]{1,7}$/m.test(packet.classic)) return 'short inner crc'
  const datagram = Buffer.from(packet.payload, 'base64').toString('latin1')
  return /\d+:\d+ [0-9a-f]{1,7},$/.test(datagram) ? 'short outer crc' : null
}

const seen = new Set<string>()

function pick(capture: Capture): Packet[] {
  const setting = JSON.stringify(capture.config).replace(/"haresources".*?[}]/g, '')
  const picked = capture.packets?.filter((packet) => {
    const kind = shortCrc(packet) ?? kindOf(packet)
    const place = EVERYWHERE_ALIKE.test(packet.classic) ? setting : capture.scenario
    const key = `${place} ${kind}`
    return !seen.has(key) && seen.add(key)
  })
  return (picked ?? []).map((packet) => ({
    ...packet,
    enc: undefined,
    note: packet.note.replace(/; after this .*/, ''),
  }))
}

const [from, to] = process.argv.slice(2)
if (!from || !to) {
  console.error('usage: bun scripts/vectors.ts CAPTURES-DIR OUT-DIR')
  process.exit(2)
}
for (const file of readdirSync(from)
  .sort()
  .filter((name) => /^(?!arp-|partition-heal-off).*\.json$/.test(name))) {
  const capture = JSON.parse(readFileSync(join(from, file), 'utf8')) as Capture & Record<string, unknown>
  const { packets = [], arp: _arp, events: _events, notes: _notes, ...head } = capture
  const lines = pick(capture).map((packet) => `    ${JSON.stringify(packet)}`)
  const text = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "packets": [\n${lines.join(',\n')}\n  ]\n}\n`
  writeFileSync(join(to, file), text)
  console.log(`${file}: ${lines.length} of ${packets.length} datagrams, ${text.length} bytes`)
}
