/** A forecast in words. */
import type { Forecast } from './forecast.ts'

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
const times = (n: number) => (n === 0 ? 'never' : n === 1 ? 'once' : `${n} times`)

/** Lines without their ends. */
export function forecastWords(f: Forecast): string[] {
  const { outages, powerFailures: cuts } = f
  const lines = [
    `${f.hours} hours with ${f.nodes} nodes, ${f.links} link${f.links === 1 ? '' : 's'}, keepalive ${seconds(f.keepaliveMs)}, deadtime ${seconds(f.deadtimeMs)}`,
    '',
    `A node that was alive was declared dead:  ${times(f.falseDeaths)}`,
    `A group was taken from a living node:     ${times(f.falseFailovers)}`,
    outages.count === 0
      ? 'Nobody served a group:                    never'
      : `Nobody served a group:                    ${times(outages.count)}, ${seconds(outages.totalMs)} in all, typically ${seconds(outages.typicalMs)}, at worst ${seconds(outages.worstMs)}`,
    `Two nodes served the same group:          ${f.doubledMs === 0 ? 'never' : `${seconds(f.doubledMs)} in all`}`,
  ]
  if (cuts.count + cuts.unserved > 0) {
    const unserved = cuts.unserved === 0 ? '' : `; ${times(cuts.unserved)} nobody took over`
    lines.push(
      `After a power failure of the holder:      served again in ${seconds(cuts.typicalMs)} typically, ${seconds(cuts.worstMs)} at worst (${cuts.count} tried${unserved})`,
    )
  }
  lines.push('', 'deadtime   nodes that would have been declared dead though alive')
  for (const row of f.table) {
    const mark = row.deadtimeMs === f.deadtimeMs ? '   (as configured)' : ''
    lines.push(`${seconds(row.deadtimeMs).padStart(8)}   ${row.falseDeaths}${mark}`)
  }
  lines.push('', advice(f))
  return lines
}

function advice(f: Forecast): string {
  const silence = `the longest silence of a living node was ${seconds(f.longestSilenceMs)}`
  const right = seconds(f.rightDeadtimeMs)
  if (f.deadtimeMs < f.longestSilenceMs)
    return `deadtime is too short for this: ${silence}; ${right} would have been right`
  if (f.deadtimeMs < f.rightDeadtimeMs) return `deadtime just sufficed: ${silence}; ${right} leaves something to spare`
  return `deadtime sufficed: ${silence}; ${right} would have been enough`
}
