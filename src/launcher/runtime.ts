import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './elf.ts'

const CACHE = 'node_modules/.cache/hb'
const PACKAGES: Record<Machine, string> = { x64: '@oven/bun-linux-x64', arm64: '@oven/bun-linux-aarch64' }

/**
 * The Bun executable of another machine than this: npm's package of the version that is installed, kept beside the
 * modules. Its checksum is the one that package-lock.json has for it.
 */
export function runtimeFor(machine: Machine): string {
  const name = PACKAGES[machine]
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages[`node_modules/${name}`]
  if (!lock?.integrity) throw new Error(`package-lock.json has no checksum of ${name}`)
  const kept = join(CACHE, `${name.replace('/', '-')}-${lock.version}`)
  if (!existsSync(kept)) fetchPackage(`${name}@${lock.version}`, lock.integrity, kept)
  return kept
}

function fetchPackage(spec: string, integrity: string, to: string): void {
  mkdirSync(CACHE, { recursive: true })
  const work = mkdtempSync(join(CACHE, 'fetch-'))
  try {
    const file = run(['npm', 'pack', '--silent', '--pack-destination', work, spec]).trim()
    const sum = createHash('sha512')
      .update(readFileSync(join(work, file)))
      .digest('base64')
    if (`sha512-${sum}` !== integrity) throw new Error(`${spec} is not what package-lock.json says: sha512-${sum}`)
    run(['tar', '-xzf', join(work, file), '-C', work])
    renameSync(join(work, 'package/bin/bun'), to)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function run(cmd: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync({ cmd, stdout: 'pipe', stderr: 'pipe' })
  if (exitCode !== 0) throw new Error(`${cmd[0]} failed:\n${stderr.toString().trim()}`)
  return stdout.toString()
}
