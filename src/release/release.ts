/**
 * What scripts/release runs: for each machine an executable, an archive, a .deb and an .rpm in dist/, and SHA256SUMS over
 * them. The same source and the same build machine give the same bytes.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import manifest from '../../package.json' with { type: 'json' }
import { build } from '../launcher/build.ts'
import type { Machine } from '../launcher/elf.ts'
import { compilerPackages, findCompiler } from '../launcher/native.ts'
import { type Made, tarXz } from './archive.ts'
import { DEB_ARCH, deb } from './deb.ts'
import { RPM_ARCH, rpm } from './rpm.ts'
import { run } from './run.ts'
import { archiveTree, packageTree } from './tree.ts'

/** Makes everything for one machine in the folder out, and returns the paths. */
function releaseFor(machine: Machine, out: string, made: Made): string[] {
  const { version } = manifest
  const work = mkdtempSync(join(resolve(out), '.release-'))
  try {
    const executable = join(work, 'hb')
    build({ entry: 'src/main.ts', out: executable, machine })
    const name = `hb-${version}-linux-${machine}`
    archiveTree(join(work, name), executable, version)
    const archive = join(out, `${name}.tar.xz`)
    tarXz(work, name, archive, made)

    const debTree = join(work, 'deb')
    packageTree(debTree, executable, version, '/etc/init.d')
    const debFile = join(out, `hb_${version}_${DEB_ARCH[machine]}.deb`)
    deb(debTree, version, machine, debFile, made)

    const rpmTree = join(work, 'rpm')
    packageTree(rpmTree, executable, version, '/etc/rc.d/init.d')
    const rpmFile = join(out, `hb-${version}-1.${RPM_ARCH[machine]}.rpm`)
    rpm(rpmTree, version, machine, rpmFile, join(work, 'rpmbuild'), made)
    return [archive, debFile, rpmFile]
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const TOOLS: Readonly<Record<string, string>> = { tar: 'tar', xz: 'xz-utils', 'dpkg-deb': 'dpkg', rpmbuild: 'rpm' }

/** Throws when anything is missing that would only be missed after minutes. */
function needTools(machines: readonly Machine[]): void {
  const missing = Object.keys(TOOLS).filter((name) => !Bun.which(name))
  const without = machines.filter((machine) => !findCompiler(machine))
  if (missing.length + without.length === 0) return
  const words = [...missing, ...without.map((machine) => `a C compiler for ${machine}`)]
  const packages = [...missing.map((name) => TOOLS[name]!), ...without.map(compilerPackages)]
  throw new Error(`not here: ${words.join(', ')} (Debian: apt-get install ${packages.join(' ')})`)
}

/** The moment that all files bear: of the last commit, unless SOURCE_DATE_EPOCH says another. */
function epoch(): number {
  const said = process.env.SOURCE_DATE_EPOCH || run(['git', 'log', '-1', '--format=%ct'])
  if (!/^\d+\s*$/.test(said)) throw new Error(`SOURCE_DATE_EPOCH: expected seconds since 1970, found '${said.trim()}'`)
  return Number(said)
}

function sums(files: readonly string[]): string {
  const line = (file: string) => `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${basename(file)}\n`
  return files.map(line).join('')
}

function main(): void {
  try {
    const { values } = parseArgs({
      options: {
        arch: { type: 'string', multiple: true, default: ['x64', 'arm64'] },
        level: { type: 'string', default: '6' },
        out: { type: 'string', default: 'dist' },
      },
    })
    const machines = values.arch.map((name) => {
      if (name !== 'x64' && name !== 'arm64') throw new Error(`--arch ${name}: expected x64 or arm64`)
      return name
    })
    if (!/^[0-9]$/.test(values.level)) throw new Error(`--level ${values.level}: expected 0 to 9`)
    needTools(machines)
    const made = { epoch: epoch(), level: Number(values.level) }
    mkdirSync(values.out, { recursive: true })
    const files = machines.flatMap((machine) => releaseFor(machine, values.out, made))
    writeFileSync(join(values.out, 'SHA256SUMS'), sums(files))
    for (const file of [...files, join(values.out, 'SHA256SUMS')]) console.log(file)
  } catch (error) {
    console.error(`release: ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  }
}

if (import.meta.main) main()
