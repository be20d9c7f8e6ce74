import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../launcher/elf.ts'
import type { Made } from './archive.ts'
import { run } from './run.ts'

export const RPM_ARCH: Record<Machine, string> = { x64: 'x86_64', arm64: 'aarch64' }

/**
 * Nothing of what rpm does to files after they are laid out may happen: the executable would lose what it carries. Old
 * rpms read xz and SHA-256, and nothing newer.
 */
const DEFINES: Record<string, string> = {
  __os_install_post: '%{nil}',
  __strip: '/bin/true',
  debug_package: '%{nil}',
  _build_id_links: 'none',
  _build_id_disable: '1',
  _buildhost: 'localhost',
  use_source_date_epoch_as_buildtime: '1',
  clamp_mtime_to_source_date_epoch: '1',
  _source_filedigest_algorithm: '8',
  _binary_filedigest_algorithm: '8',
}

const spec = (version: string, tree: string) => `Name: hb
Version: ${version}
Release: 1
Summary: Two hosts, one address
License: MIT and LGPL-2.1-or-later
AutoReqProv: no
Conflicts: heartbeat

%description
Moves addresses and services between two hosts when one of them fails. Reads the configuration of heartbeat 3.0.6 and
speaks its protocol.

%install
cp -a ${tree}/. %{buildroot}/

%post
if [ -d /run/systemd/system ]; then systemctl daemon-reload; else /sbin/chkconfig --add hb || :; fi

%preun
if [ "$1" = 0 ]; then
  if [ -d /run/systemd/system ]; then
    systemctl --no-reload disable --now hb.service
  else
    /etc/rc.d/init.d/hb stop || exit 1
    /sbin/chkconfig --del hb || :
  fi
fi

%postun
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi

%files
%defattr(-,root,root)
%dir /etc/ha.d
/etc/rc.d/init.d/hb
/usr/bin/*
/usr/lib/systemd/system/hb.service
/usr/sbin/hb
/usr/share/bash-completion/completions/hb
/usr/share/doc/hb
/usr/share/heartbeat
/usr/share/man/*/*
`

/** Makes an .rpm of a tree that is already laid out; work is an empty folder for rpmbuild. */
export function rpm(tree: string, version: string, machine: Machine, to: string, work: string, made: Made): void {
  mkdirSync(work, { recursive: true })
  const file = join(work, 'hb.spec')
  writeFileSync(file, spec(version.replaceAll('-', '~'), tree))
  const all = { ...DEFINES, _topdir: work, _binary_payload: made.level === null ? 'w.ufdio' : `w${made.level}T2.xzdio` }
  const defines = Object.entries(all).flatMap(([name, value]) => ['--define', `${name} ${value}`])
  const cmd = ['rpmbuild', '-bb', '--quiet', '--target', RPM_ARCH[machine], ...defines, file]
  run(cmd, { SOURCE_DATE_EPOCH: `${made.epoch}`, HOME: work }, 'rpm')
  const folder = join(work, 'RPMS', RPM_ARCH[machine])
  const [name] = readdirSync(folder)
  if (!name) throw new Error(`rpmbuild left nothing in ${folder}`)
  renameSync(join(folder, name), to)
}
