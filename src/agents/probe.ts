/** Asks a service whether it works. */
import type { Monitor, Resource } from '../config/types.ts'
import type { Outcome } from '../io.ts'
import { probeHttp } from './probe-http.ts'
import { probeScript } from './probe-script.ts'
import { probeTcp } from './probe-tcp.ts'

export interface Probed {
  readonly ok: boolean
  /** Why not, in a few words; '' when it works. */
  readonly detail: string
}

export interface ProbeOptions {
  /** The environment of scripts. */
  readonly env: () => Readonly<Record<string, string>>
  /** The status operation of the resource's own agent. */
  readonly status: (resource: Resource, timeoutMs: number) => Promise<{ outcome: Outcome; detail: string }>
}

/** Answers within the monitor's time limit and a moment. Never throws. */
export async function runProbe(monitor: Monitor, resource: Resource, options: ProbeOptions): Promise<Probed> {
  const { probe, timeoutMs } = monitor
  if (probe.kind === 'tcp') return probeTcp(probe.host, probe.port, timeoutMs)
  if (probe.kind === 'http') return probeHttp(probe.url, probe.expect, timeoutMs)
  if (probe.kind === 'script') return probeScript(probe.path, resource.args, timeoutMs, options.env())
  const { outcome, detail } = await options.status(resource, timeoutMs)
  return outcome === 'running' ? { ok: true, detail: '' } : { ok: false, detail: detail || outcome }
}
