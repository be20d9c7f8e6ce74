/**
 * Asks a URL ten times a second and tells, when a line comes on its standard input, the longest time without an answer:
 * `bun client.ts URL`. It writes `ready` after ten answers in a row, and then one line of JSON.
 */
const EVERY_MS = 100
const LIMIT_MS = 1000

export interface Asked {
  /** From the last answer before the longest gap to the first one after it, less the time between two questions. */
  readonly outageMs: number
  readonly answers: number
  readonly failures: number
  /** Names of the web servers that answered. */
  readonly servers: readonly string[]
}

if (import.meta.main) await ask(process.argv[2]!)

async function ask(url: string): Promise<void> {
  const servers = new Set<string>()
  let [answers, failures, inARow, longestMs] = [0, 0, 0, 0]
  let lastMs: number | null = null
  const once = async () => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS), keepalive: false })
      const text = await response.text()
      if (response.status !== 200) throw new Error(text)
      const nowMs = performance.now()
      if (lastMs !== null) longestMs = Math.max(longestMs, nowMs - lastMs)
      lastMs = nowMs
      servers.add(text)
      answers++
      if (++inARow === 10) console.log('ready')
    } catch {
      failures++
    }
  }
  const timer = setInterval(() => void once(), EVERY_MS)
  for await (const _ of console) break
  clearInterval(timer)
  const outageMs = Math.max(0, Math.round(longestMs - EVERY_MS))
  console.log(JSON.stringify({ outageMs, answers, failures, servers: [...servers].toSorted() } satisfies Asked))
  process.exit(0)
}
