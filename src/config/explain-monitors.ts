/** What each monitor of hb.cf does, in plain words. */
import type { Monitor, Probe } from './types.ts'

/** 1500 as `1.5 s`. */
export const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(3))} s`

/** Lines of plain text, none without monitors. */
export function explainMonitors(monitors: readonly Monitor[]): string[] {
  if (monitors.length === 0) return []
  return ['Services that are watched where their group is held:', ...monitors.flatMap(explainMonitor), '']
}

function explainMonitor(m: Monitor): string[] {
  const row = m.fail === 1 ? 'One failure counts' : `${m.fail} failures in a row count`
  const latestMs = m.fail * Math.max(m.everyMs, m.timeoutMs) + m.timeoutMs
  const again =
    m.restarts === 0
      ? 'the group goes to the other node'
      : `it is started anew in place, ${times(m.restarts)} within ${seconds(m.withinMs)}; then the group goes to the other node`
  return [
    `  ${m.resource}: every ${seconds(m.everyMs)} ${question(m.probe)}, for an answer within ${seconds(m.timeoutMs)}.`,
    `    ${row}, noticed after ${seconds(latestMs)} at the latest: ${again}, if that is fit for it.`,
  ]
}

const times = (n: number): string => (n === 1 ? 'once' : `${n} times`)

function question(probe: Probe): string {
  if (probe.kind === 'tcp') return `a connection to ${probe.host} port ${probe.port} is tried`
  if (probe.kind === 'http') return `${probe.url} is fetched (expected: ${probe.expect})`
  return probe.kind === 'script' ? `${probe.path} is run` : 'its own script is asked for its status'
}
