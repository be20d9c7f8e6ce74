/** A configuration directory with scripts of the test's own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Directories } from '../../src/agents/lookup.ts'
import type { Resource } from '../../src/config/types.ts'

export class Sandbox {
  readonly dir = mkdtempSync(join(tmpdir(), 'hb-agents-'))

  get directories(): Directories {
    return { config: join(this.dir, 'ha.d'), init: join(this.dir, 'init.d'), ocf: join(this.dir, 'ocf') }
  }

  /** Writes a file, executable unless another mode is given, and returns its path. */
  write(name: string, text: string, mode = 0o755): string {
    const path = join(this.dir, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { mode })
    return path
  }

  /** A shell script in resource.d. */
  script(name: string, body: string): string {
    return this.write(`ha.d/resource.d/${name}`, `#!/bin/sh\n${body}\n`)
  }

  remove(): void {
    rmSync(this.dir, { recursive: true })
  }
}

/** A word of haresources. */
export function resource(text: string): Resource {
  const [script, ...args] = text.split('::') as [string, ...string[]]
  return { text, script, args, file: 'haresources', line: 1, column: 1 }
}
