/**
 * Debian's own kernels, unpacked but not installed, for this processor and for the other: package lists of their own
 * leave those of this machine alone.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../../../src/launcher/elf.ts'
import { run } from '../../../src/release/run.ts'

export interface Kernel {
  /** What is booted. */
  readonly image: string
  /** What a virtual network card needs, in the order in which it can be loaded. */
  readonly modules: readonly string[]
}

const DEBIAN: Record<Machine, string> = { x64: 'amd64', arm64: 'arm64' }
const WANTED = ['virtio_pci', 'virtio_net']

/** Fetches the kernels into an empty folder. Throws what apt says when that fails. */
export function fetchKernels(folder: string, machines: readonly Machine[]): Record<Machine, Kernel> {
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, name), { recursive: true })
  const options = [
    '-qq',
    ...machines.flatMap((m) => ['-o', `APT::Architectures::=${DEBIAN[m]}`]),
    ...['-o', `Dir::State::lists=${join(folder, 'lists')}`, '-o', `Dir::Cache=${join(folder, 'cache')}`],
    ...['-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Languages=none'],
  ]
  run(['apt-get', ...options, 'update'])
  const one = (machine: Machine) => fetchKernel(join(folder, machine), DEBIAN[machine], options)
  return Object.fromEntries(machines.map((m) => [m, one(m)])) as Record<Machine, Kernel>
}

function fetchKernel(folder: string, debian: string, options: readonly string[]): Kernel {
  const newest = run(['apt-cache', ...options, 'depends', `linux-image-cloud-${debian}:${debian}`])
  const name = newest.match(/Depends: (linux-image-[^\s:]+)/)?.[1]
  if (!name) throw new Error(`linux-image-cloud-${debian} does not say which kernel is the newest:\n${newest}`)
  mkdirSync(folder)
  run(['sh', '-c', 'cd "$1"; shift; apt-get "$@"', 'sh', folder, ...options, 'download', `${name}:${debian}`])
  const file = readdirSync(folder).find((f) => f.endsWith('.deb'))!
  run(['dpkg-deb', '-x', join(folder, file), folder])
  const image = readdirSync(join(folder, 'boot')).find((f) => f.startsWith('vmlinuz-'))!
  return { image: join(folder, 'boot', image), modules: inOrder(join(folder, 'lib/modules')) }
}

/** The wanted modules and what they depend on, each after those it needs. */
function inOrder(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ko'))
  const found: string[] = []
  const visit = (name: string): void => {
    const path = all.find((f) => f.endsWith(`/${name}.ko`))
    if (!path) throw new Error(`the kernel has no module ${name}`)
    const full = join(folder, path)
    if (found.includes(full)) return
    const needs = readFileSync(full, 'latin1').match(/depends=([\w,-]+)/)?.[1] ?? ''
    for (const need of needs.split(',').filter((n) => n !== '')) visit(need)
    found.push(full)
  }
  for (const name of WANTED) visit(name)
  return found
}
