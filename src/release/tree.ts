/** The files of a release, as they lie in the archive and on a host that a package has been installed on. */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { bashCompletion } from '../install/completion.ts'
import { initScript } from '../install/initscript.ts'
import { manHb, manHbCf } from '../install/man.ts'
import { notices } from '../install/notices.ts'
import { LINKS, PROGRAM } from '../install/plan.ts'
import { systemdUnit } from '../install/unit.ts'

/** The texts that must be passed on with the C library and with Bun's engine. */
const COMMON_LICENSES = '/usr/share/common-licenses'

interface File {
  readonly path: string
  readonly text: string
  readonly mode?: number
}

function common(name: string): string {
  const path = join(COMMON_LICENSES, name)
  if (!existsSync(path)) throw new Error(`${path} is missing; it must be passed on with hb (Debian: base-files)`)
  return readFileSync(path, 'utf8')
}

function documents(version: string): File[] {
  return [
    { path: 'LICENSE', text: readFileSync('LICENSE', 'utf8') },
    { path: 'NOTICES', text: notices() },
    { path: 'LGPL-2', text: common('LGPL-2') },
    { path: 'LGPL-2.1', text: common('LGPL-2.1') },
    { path: 'README.md', text: readFileSync('README.md', 'utf8') },
    { path: 'VERSION', text: `${version}\n` },
  ]
}

/** What the archive holds: everything beside each other, for people who look before they install. */
export function archiveTree(folder: string, executable: string, version: string): void {
  write(folder, [
    ...documents(version),
    { path: 'man/hb.8', text: manHb(version) },
    { path: 'man/hb.cf.5', text: manHbCf(version) },
    { path: 'hb.bash', text: bashCompletion() },
    { path: 'hb.service', text: systemdUnit(PROGRAM) },
    { path: 'hb.init', text: initScript(PROGRAM), mode: 0o755 },
  ])
  put(executable, join(folder, 'hb'))
  examples(join(folder, 'examples'))
}

/** What a package holds. initFolder is where its distribution keeps init scripts; a unit of that name comes first. */
export function packageTree(root: string, executable: string, version: string, initFolder: string): void {
  const doc = '/usr/share/doc/hb'
  write(root, [
    ...documents(version).map((d) => ({ ...d, path: `${doc}/${d.path}` })),
    { path: `${doc}/PACKAGED`, text: 'hb install and hb uninstall leave this host to its package manager.\n' },
    { path: '/usr/share/man/man8/hb.8', text: manHb(version) },
    { path: '/usr/share/man/man5/hb.cf.5', text: manHbCf(version) },
    { path: '/usr/share/bash-completion/completions/hb', text: bashCompletion() },
    { path: '/usr/lib/systemd/system/hb.service', text: systemdUnit(PROGRAM) },
    { path: `${initFolder}/hb`, text: initScript(PROGRAM), mode: 0o755 },
  ])
  put(executable, join(root, PROGRAM))
  for (const link of LINKS) {
    mkdirSync(dirname(join(root, link)), { recursive: true })
    symlinkSync(PROGRAM, join(root, link))
  }
  mkdirSync(join(root, 'etc/ha.d'), { recursive: true })
  examples(join(root, doc, 'examples'))
}

function examples(to: string): void {
  cpSync('examples', to, { recursive: true })
  for (const name of ['ha.cf', 'haresources', 'hb.cf']) chmodSync(join(to, name), 0o644)
  chmodSync(join(to, 'authkeys'), 0o600)
}

function put(executable: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(executable, to)
  chmodSync(to, 0o755)
}

function write(folder: string, files: readonly File[]): void {
  for (const { path, text, mode = 0o644 } of files) {
    const full = join(folder, path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, text)
    chmodSync(full, mode)
  }
}
