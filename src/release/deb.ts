import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../launcher/elf.ts'
import type { Made } from './archive.ts'
import { run } from './run.ts'

export const DEB_ARCH: Record<Machine, string> = { x64: 'amd64', arm64: 'arm64' }

const control = (version: string, machine: Machine) => `Package: hb
Version: ${version}
Architecture: ${DEB_ARCH[machine]}
Maintainer: The hb project <hb@localhost>
Section: admin
Priority: optional
Conflicts: heartbeat
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

/** Makes a .deb of a tree that is already laid out; the tree gets its DEBIAN folder. */
export function deb(root: string, version: string, machine: Machine, to: string, { epoch, level }: Made): void {
  const folder = join(root, 'DEBIAN')
  mkdirSync(folder)
  writeFileSync(join(folder, 'control'), control(version, machine))
  for (const [name, text] of [['postinst', afterInstall] as const, ['prerm', beforeRemove] as const]) {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), 0o755)
  }
  const compression = ['-Zxz', `-z${level}`, '--threads-max=2']
  run(
    ['dpkg-deb', '--root-owner-group', ...compression, '--build', root, to],
    { SOURCE_DATE_EPOCH: `${epoch}` },
    'dpkg',
  )
}
