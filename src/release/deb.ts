import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../launcher/elf.ts'
import type { Made } from './archive.ts'
import { run } from './run.ts'

export const DEB_ARCH: Record<Machine, string> = { x64: 'amd64', arm64: 'arm64' }

/**
 * Nothing is needed; but what heartbeat has brought along and resource scripts call is suggested, or apt would take it
 * for superfluous once hb is in heartbeat's place.
 */
const control = (version: string, machine: Machine, sizeKib: number) => `Package: hb
Version: ${version}
Architecture: ${DEB_ARCH[machine]}
Installed-Size: ${sizeKib}
Maintainer: The hb project <hb@localhost>
Section: admin
Priority: optional
Conflicts: heartbeat
Suggests: resource-agents, cluster-glue
Description: two hosts, one address
 Moves addresses and services between two hosts when one of them fails. Reads
 the configuration of heartbeat 3.0.6 and speaks its protocol.
`

const afterInstall = `#!/bin/sh
set -e
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
`

/* A daemon that is only being replaced by a newer package goes on; hb upgrade hands over to the new executable. */
const beforeRemove = `#!/bin/sh
set -e
[ "$1" = remove ] || exit 0
if [ -d /run/systemd/system ]; then systemctl stop hb.service; else /etc/init.d/hb stop; fi
`

/* Configuration, state and logs stay, even then: they are the cluster's. */
const afterRemove = `#!/bin/sh
set -e
if [ "$1" = purge ]; then
  rm -f /etc/systemd/system/multi-user.target.wants/hb.service
  if [ -x /usr/sbin/update-rc.d ]; then update-rc.d hb remove > /dev/null; fi
fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
`

const SCRIPTS = { postinst: afterInstall, prerm: beforeRemove, postrm: afterRemove }

/**
 * Makes a .deb of a tree that is already laid out; the tree gets its DEBIAN folder. Every file of it in /etc is a
 * conffile: what the site has changed there stays.
 */
export function deb(root: string, version: string, machine: Machine, to: string, { epoch, level }: Made): void {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
  const paths = files.map((e) => join(e.parentPath, e.name))
  const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0)
  const folder = join(root, 'DEBIAN')
  mkdirSync(folder)
  writeFileSync(join(folder, 'control'), control(version, machine, Math.ceil(bytes / 1024)))
  const conffiles = paths.map((path) => path.slice(root.length)).filter((path) => path.startsWith('/etc/'))
  writeFileSync(join(folder, 'conffiles'), conffiles.map((path) => `${path}\n`).join(''))
  for (const [name, text] of Object.entries(SCRIPTS)) {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), 0o755)
  }
  const compression = level === null ? ['-Znone'] : ['-Zxz', `-z${level}`, '--threads-max=2']
  run(
    ['dpkg-deb', '--root-owner-group', ...compression, '--build', root, to],
    { SOURCE_DATE_EPOCH: `${epoch}` },
    'dpkg',
  )
}
