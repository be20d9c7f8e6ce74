/** Results as Markdown tables. */
import type { Outage } from '../probe.ts'
import type { Cost } from './cost.ts'
import type { Load } from './load.ts'

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

export function markdown(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export function outageTable(fault: string, results: ReadonlyMap<string, readonly Outage[]>): string {
  const head = ['test', 'system', 'runs', 'outage median ms', 'min', 'max', 'lost probes median', 'doubled replies max']
  const rows = [...results].map(([system, list]) => {
    const ms = list.map((outage) => outage.outageMs!)
    return [
      fault,
      system,
      list.length,
      Math.round(median(ms)),
      Math.min(...ms),
      Math.max(...ms),
      Math.round(median(list.map((outage) => outage.sent - outage.answered))),
      Math.max(...list.map((outage) => outage.doubled)),
    ]
  })
  return markdown(head, rows)
}

export function costTable(list: readonly Cost[]): string {
  const head = [
    'system',
    'host',
    'processes',
    'RSS KiB',
    'PSS KiB',
    'private KiB',
    'CPU ms per 60 s',
    'frames/s sent',
    'mean frame bytes',
  ]
  const rows = list.map((cost) => [
    cost.system,
    cost.role,
    cost.processes,
    cost.rssKib,
    cost.pssKib,
    cost.privateKib,
    Math.round(cost.cpuMsPerMinute),
    cost.framesPerSecond.toFixed(2),
    cost.meanFrameBytes === null ? '' : Math.round(cost.meanFrameBytes),
  ])
  return markdown(head, rows)
}

export function loadTable(list: readonly Load[]): string {
  const head = ['system', 'busy loops', 'seconds', 'unwanted take-overs', 'holders after']
  return markdown(
    head,
    list.map((load) => [load.system, load.loops, load.seconds, load.takeovers, load.holdersAfter.join(', ')]),
  )
}
