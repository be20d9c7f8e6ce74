/** What belongs on a host beside the executable, and where: depends on what the host has. */
import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { bashCompletion } from './completion.ts'
import { initScript } from './initscript.ts'
import { manHb, manHbCf } from './man.ts'
import { systemdUnit } from './unit.ts'

export const PROGRAM = '/usr/sbin/hb'

export type Item =
  | { readonly kind: 'text'; readonly path: string; readonly mode: number; readonly text: string }
  /** A name of one of heartbeat's tools. */
  | { readonly kind: 'link'; readonly path: string; readonly to: string }

/** Where scripts expect the tools of heartbeat. */
export const LINKS = [
  '/usr/bin/cl_status',
  '/usr/share/heartbeat/hb_standby',
  '/usr/share/heartbeat/hb_takeover',
  '/usr/share/heartbeat/hb_addnode',
  '/usr/share/heartbeat/hb_delnode',
]

/** Everything for the host whose root directory is given, executable excepted; paths are the host's own. */
export function plan(root: string): Item[] {
  const has = (path: string) => existsSync(join(root, path))
  const completions = '/usr/share/bash-completion/completions'
  return [
    service(root),
    text(`${has(completions) ? completions : '/etc/bash_completion.d'}/hb`, bashCompletion()),
    text('/usr/share/man/man8/hb.8', manHb(manifest.version)),
    text('/usr/share/man/man5/hb.cf.5', manHbCf(manifest.version)),
    ...LINKS.map((path) => ({ kind: 'link' as const, path, to: PROGRAM })),
  ]
}

/** Where systemd is the first process or at least installed, its unit; otherwise an init script. */
function service(root: string): Item {
  const has = (path: string) => existsSync(join(root, path))
  const systemd = ['/run/systemd/system', '/usr/lib/systemd/systemd', '/lib/systemd/systemd'].some(has)
  if (systemd) return text('/etc/systemd/system/hb.service', systemdUnit(PROGRAM))
  const folder = isDirectory(join(root, '/etc/rc.d/init.d')) ? '/etc/rc.d/init.d' : '/etc/init.d'
  return { ...text(`${folder}/hb`, initScript(PROGRAM)), mode: 0o755 }
}

/** What to do after the files are in place, in the words of the host's own tools. */
export function nextSteps(root: string): string[] {
  const path = service(root).path
  if (path.endsWith('.service')) return ['systemctl daemon-reload', 'systemctl enable --now hb']
  const chkconfig = existsSync(join(root, '/sbin/chkconfig'))
  return [...(chkconfig ? ['chkconfig --add hb', 'chkconfig hb on'] : ['update-rc.d hb defaults']), `${path} start`]
}

function text(path: string, content: string) {
  return { kind: 'text' as const, path, mode: 0o644, text: content }
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
