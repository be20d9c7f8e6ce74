/** A client of heartbeat's socket that asks ten times a second over one connection: `bun api-caller.ts SECONDS`. */
import { ApiClient } from '../../src/compat/api-client.ts'

const endMs = performance.now() + Number(process.argv[2]) * 1000
const client = await ApiClient.open('/run/heartbeat/register')
let answers = 0
while (performance.now() < endMs) {
  const found = await client.ask('getparm', [['paramname', 'keepalive']])
  if (found === null) break
  answers++
  await Bun.sleep(100)
}
console.log(performance.now() < endMs ? `lost after ${answers} answers` : `kept with ${answers} answers`)
client.close()
