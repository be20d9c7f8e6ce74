/** The archive that a Linux kernel unpacks as its first root directory (the "newc" form of cpio). */

const DIRECTORY = 0o040755
const FILE = 0o100000

/** One entry; a directory has no content. Folders come before what is in them. */
export interface Entry {
  readonly path: string
  readonly content?: Uint8Array
  readonly mode?: number
}

const aligned = (bytes: number) => (bytes + 3) & ~3

function record(name: string, mode: number, inode: number, content: Uint8Array): Uint8Array[] {
  const numbers = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0]
  const head = `070701${numbers.map((n) => n.toString(16).padStart(8, '0')).join('')}${name}\0`
  const padded = Buffer.alloc(aligned(head.length))
  padded.write(head, 'latin1')
  return [padded, content, new Uint8Array(aligned(content.length) - content.length)]
}

export function cpio(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap(({ path, content, mode = 0o644 }, i) =>
    record(path, content ? FILE | mode : DIRECTORY, i + 1, content ?? new Uint8Array()),
  )
  return Buffer.concat([...parts, ...record('TRAILER!!!', 0, 0, new Uint8Array())])
}
