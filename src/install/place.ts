/** Puts single files on a host and takes them away, never touching what is not hb's own. */
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { MARK } from './mark.ts'
import type { Item } from './plan.ts'

/** same: as it is to be; own: hb's, but different; foreign: somebody else's. */
export type Found = 'nothing' | 'same' | 'own' | 'foreign'

/** What is at the place of an item; path is where it is on this file system. */
export function look(item: Item, path: string): Found {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return 'nothing'
  if (item.kind === 'link') {
    if (!found.isSymbolicLink()) return 'foreign'
    const to = readlinkSync(path)
    return to === item.to ? 'same' : basename(to) === 'hb' ? 'own' : 'foreign'
  }
  if (!found.isFile()) return 'foreign'
  const text = readFileSync(path, 'utf8')
  if (text === item.text) return 'same'
  return text.slice(0, 400).includes(MARK) ? 'own' : 'foreign'
}

/** Writes beside the place and renames, so that nobody ever sees half a file. */
export function put(item: Item, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const fresh = `${path}.new`
  rmSync(fresh, { force: true })
  if (item.kind === 'link') symlinkSync(item.to, fresh)
  else {
    writeFileSync(fresh, item.text)
    chmodSync(fresh, item.mode)
  }
  renameSync(fresh, path)
}

/** Copies the executable; an hb that runs from the old file is not disturbed. */
export function putProgram(from: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const fresh = `${path}.new`
  copyFileSync(from, fresh)
  chmodSync(fresh, 0o755)
  renameSync(fresh, path)
}

/** What is where the executable belongs. Every hb carries the mark, since it writes it into other files. */
export function lookProgram(path: string): 'nothing' | 'own' | 'foreign' {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return 'nothing'
  return found.isFile() && readFileSync(path).includes(MARK) ? 'own' : 'foreign'
}
