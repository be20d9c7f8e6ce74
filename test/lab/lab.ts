/** The lab's command line as functions, for tests and measurements. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outage } from './probe.ts'

export const project = join(import.meta.dir, '../..')
export const serviceAddress = '10.77.0.100'
const labCommand = join(import.meta.dir, 'lab')

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A running probe: ready resolves after a second of answers, result when it ends, end() ends it. */
export interface Probe {
  readonly ready: Promise<void>
  readonly result: Promise<Outage>
  end(): Promise<Outage>
}

export class Lab {
  readonly name: string

  /** The name is 1 to 16 of a-z and 0-9, and nobody else's. */
  constructor(name: string) {
    this.name = name
  }

  /** Any lab command; gives its exit code and what it wrote. */
  async ask(...args: string[]): Promise<Ran> {
    const child = Bun.spawn([labCommand, '-n', this.name, ...args], {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      env: process.env,
    })
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
    return { code: await child.exited, out, err }
  }

  /** The same, where anything but success is an error. */
  async run(...args: string[]): Promise<string> {
    const ran = await this.ask(...args)
    if (ran.code !== 0) {
      throw new Error(`lab ${args.join(' ')}: exit code ${ran.code}: ${(ran.err || ran.out).trim().slice(-600)}`)
    }
    return ran.out
  }

  async up(count: number, ...options: string[]): Promise<void> {
    await this.run('down')
    await this.run('up', String(count), '--owner', String(process.pid), ...options)
  }

  async down(): Promise<void> {
    await this.run('down')
  }

  /** Writes a file into a directory of a host, or of all. */
  async put(host: string, directory: string, name: string, text: string, mode = 0o644): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'lab-put-'))
    try {
      writeFileSync(join(folder, name), text, { mode })
      await this.run('put', host, join(folder, name), directory)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  /** Live hosts that have the address. */
  async holders(address = serviceAddress): Promise<string[]> {
    return (await this.run('holders', address)).split('\n').filter((word) => word !== '')
  }

  /** Probes an address from the client's network, which goes on when hosts die. */
  probe(seconds: number, options: { address?: string; untilMoved?: boolean } = {}): Probe {
    const script = [
      process.execPath,
      join(import.meta.dir, 'probe.ts'),
      options.address ?? serviceAddress,
      `${seconds}`,
    ]
    const flags = options.untilMoved === true ? ['--until-moved'] : []
    const child = Bun.spawn([labCommand, '-n', this.name, 'net', 'client', ...script, ...flags], {
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'inherit',
      env: process.env,
    })
    const reader = child.stdout
      .pipeThrough(new TextDecoderStream() as never)
      .getReader() as ReadableStreamDefaultReader<string>
    let text = ''
    const until = async (pattern: RegExp, what: string): Promise<string> => {
      for (;;) {
        const found = text.match(pattern)
        if (found) return found[0]
        const { done, value } = await reader.read()
        if (done) throw new Error(`the probe of lab ${this.name} ended without ${what}`)
        text += value
      }
    }
    const ready = until(/^ready$|^\{.*\}$/m, 'an answer').then((line) => {
      if (line !== 'ready') throw new Error(`nobody answered the probe of lab ${this.name}: ${line}`)
    })
    const result = ready.catch(() => {}).then(async () => JSON.parse(await until(/^\{.*\}$/m, 'a result')) as Outage)
    ready.catch(() => {})
    result.catch(() => {})
    const end = (): Promise<Outage> => {
      child.stdin.write('\n')
      child.stdin.flush()
      return result
    }
    return { ready, result, end }
  }
}

/** Asks again every 50 ms until the answer pleases; after timeoutMs an error tells what was waited for and the last answer. */
export async function waitFor<T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T> | T,
  pleases: (answer: T) => boolean = Boolean,
): Promise<T> {
  const endMs = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (pleases(answer)) return answer
    if (performance.now() > endMs) {
      throw new Error(`not within ${timeoutMs} ms: ${what}; last: ${JSON.stringify(answer)}`)
    }
    await Bun.sleep(50)
  }
}
