/** How slow this machine is just now: a bound in milliseconds is meant of one that does a known piece of work in time. */

/** What it took on a machine on which 1.3 million inputs of ha.cf, haresources, authkeys and hb.cf kept to a millisecond each. */
const REFERENCE_MS = 0.065
const ATTEMPTS = 300

const text = Array.from({ length: 400 }, (_, i) => `word${i % 37} ${i * 7919} # ${'x'.repeat(i % 11)}`).join('\n')

/** Lines, words, numbers and a table of them: what readers do. */
function work(): number {
  const seen = new Map<string, number>()
  for (const line of text.split('\n')) {
    const found = /^(\w+)\s+(\d+)\s*(#.*)?$/.exec(line)
    if (found !== null) seen.set(found[1]!, (seen.get(found[1]!) ?? 0) + Number(found[2]))
  }
  return seen.size
}

/** How many times as long as there the same work takes here, at least 1. */
export function pace(): number {
  let bestMs = Number.POSITIVE_INFINITY
  for (let i = 0; i < ATTEMPTS; i++) {
    const fromMs = performance.now()
    if (work() !== 37) throw new Error('the reference work is wrong')
    bestMs = Math.min(bestMs, performance.now() - fromMs)
  }
  return Math.max(1, bestMs / REFERENCE_MS)
}
