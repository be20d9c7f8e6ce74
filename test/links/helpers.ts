import { readdirSync } from 'node:fs'
import type { PingNode } from '../../src/config/types.ts'

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const words = (data: Uint8Array): string => new TextDecoder().decode(data)
export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Waits until something holds; throws with its name when it does not within the time. */
export async function until(what: string, holds: () => boolean, withinMs = 2000): Promise<void> {
  const end = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`)
    await sleep(2)
  }
}

/** How many descriptors this process has open. */
export const openDescriptors = (): number => readdirSync('/proc/self/fd').length

/** Something that collects what a socket or a link delivers. */
export function collector() {
  const got: { readonly text: string; readonly source: string; readonly bytes: number }[] = []
  const states: string[] = []
  return {
    got,
    states,
    texts: () => got.map((g) => g.text),
    onDatagram: (...args: [Uint8Array, string] | [string, Uint8Array, string]) => {
      const [data, source] = args.length === 3 ? [args[1], args[2]] : args
      got.push({ text: words(data.subarray(0, 64)), source, bytes: data.length })
    },
    onState: (link: string, up: boolean, detail: string) => {
      states.push(`${link} ${up ? 'up' : 'down'}${detail === '' ? '' : `: ${detail}`}`)
    },
  }
}

export const pingNode = (name: string, ...hosts: string[]): PingNode => ({ name, kind: 'ping', hosts })
export const pingGroup = (name: string, ...hosts: string[]): PingNode => ({ name, kind: 'ping_group', hosts })

export const isRoot = process.getuid?.() === 0

/** For tests of raw sockets: says why it skips. */
export function whyNoRawSockets(test: string): boolean {
  if (!isRoot) console.warn(`${test}: skipped: raw sockets need root`)
  return !isRoot
}
