/** The configuration as it lies on disk: the one file of this folder that reads files. */
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { fileBytesMax } from './lines.ts'
import { type ConfigFiles, parseConfig, type Reading } from './parse.ts'

export { type ConfigEnv, type ConfigFiles, parseConfig, type Reading } from './parse.ts'
export { problemText } from './problem.ts'

export interface DirReading extends Reading {
  /** What this node is called. */
  readonly nodename: string
}

/**
 * Reads ha.cf, haresources, authkeys and hb.cf of a directory. Without a name given, this node is called by the
 * first line of the file nodeinfo there, or as the host is. Files that are missing or cannot be read are problems.
 */
export function readConfigDir(dir: string, nodename = nodenameOf(dir)): DirReading {
  const unreadable = new Map<string, string>()
  const textOf = (name: string, encoding: BufferEncoding = 'utf8') => {
    const file = readFile(`${dir}/${name}`)
    if (typeof file !== 'string') return file && { text: file.bytes.toString(encoding), mode: file.mode }
    unreadable.set(name, file)
    return null
  }
  const files: ConfigFiles = {
    dir,
    haCf: textOf('ha.cf')?.text ?? null,
    haresources: textOf('haresources')?.text ?? null,
    authkeys: textOf('authkeys', 'latin1'),
    hbCf: textOf('hb.cf')?.text ?? null,
    unreadable,
  }
  const env = {
    nodename,
    services: systemText('/etc/services') ?? '',
    passwd: systemText('/etc/passwd'),
    group: systemText('/etc/group'),
    executable,
    exists: existsSync,
  }
  return { ...parseConfig(files, env), nodename: nodename.toLowerCase() }
}

function systemText(path: string): string | undefined {
  const file = readFile(path)
  return file !== null && typeof file !== 'string' ? file.bytes.toString('latin1') : undefined
}

/** The first line of nodeinfo, if it is a whole line, else the host's name. */
export function nodenameOf(dir: string): string {
  const file = readFile(`${dir}/nodeinfo`)
  const lines = file === null || typeof file === 'string' ? [] : file.bytes.toString('latin1').split('\n')
  return (lines.length > 1 ? lines[0]!.trim() : hostname()).toLowerCase()
}

/** The bytes of a regular file; null if there is none, and why not if it cannot be read. */
function readFile(path: string): { bytes: Buffer; mode: number } | string | null {
  try {
    const stats = statSync(path)
    if (!stats.isFile()) return 'is not a regular file'
    if (stats.size > fileBytesMax) return 'is larger than 1 MiB'
    return { bytes: readFileSync(path), mode: stats.mode }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : `cannot be read (${code})`
  }
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
