/** Calls hb as an operator does: a process of its own, with its exit code and both its streams. */
import { join } from 'node:path'

export const MAIN = join(import.meta.dir, '../../src/main.ts')

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

export async function hb(argv: readonly string[], env: Record<string, string> = {}, cwd?: string): Promise<Ended> {
  const child = Bun.spawn([process.execPath, MAIN, ...argv], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, out, err }
}
