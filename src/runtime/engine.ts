/** What runs hb, and what it can do that others cannot. */

/** Name and version, as "Bun 1.4.5". */
export function engineName(): string {
  const { bun, deno, node } = process.versions
  if (bun !== undefined) return `Bun ${bun}`
  return deno !== undefined ? `Deno ${deno}` : `Node ${node}`
}

/** Whether node:dgram goes on with a socket that was made elsewhere; only Bun's does. */
export const takesOverSockets: boolean = 'Bun' in globalThis
