/** Where each verb's code is: loaded when it is called, so that no verb pays for another. */
import type { RunVerb } from './io.ts'
import type { VerbName } from './verbs.ts'

export const load: Readonly<Record<VerbName, () => Promise<RunVerb>>> = {
  run: async () => (await import('./run.ts')).run,
  status: async () => (await import('./status.ts')).status,
  standby: async () => (await import('./standby.ts')).standby,
  takeover: async () => (await import('./takeover.ts')).takeover,
  stop: async () => (await import('./stop.ts')).stop,
  reload: async () => (await import('./reload.ts')).reload,
  maintenance: async () => (await import('./maintenance.ts')).maintenance,
  clear: async () => (await import('./clear.ts')).clear,
  upgrade: async () => (await import('./upgrade.ts')).upgrade,
  check: async () => (await import('./check.ts')).check,
  sim: async () => (await import('./sim.ts')).sim,
  resource: async () => (await import('./resource.ts')).resource,
  'install-links': async () => (await import('./install-links.ts')).installLinks,
  install: async () => (await import('./install.ts')).install,
  uninstall: async () => (await import('./uninstall.ts')).uninstall,
  version: async () => (await import('./version.ts')).version,
  help: async () => (await import('./help.ts')).help,
}
