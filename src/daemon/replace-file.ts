import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Writes a small file so that a crash at any moment leaves the old or the new one, whole. Throws what the file system says. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.new`
  const fd = openSync(temporary, 'w', 0o644)
  try {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    writeSync(fd, bytes)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(temporary, path)
  const directory = openSync(dirname(path), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
