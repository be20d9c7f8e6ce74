/** The names under which hb is heartbeat's tool of that name, when it is called through a link. */
import { basename } from 'node:path'
import type { Io } from '../io.ts'

/** called: the name as it was called, with its path. */
export type Tool = (called: string, argv: readonly string[], io: Io) => Promise<number>

const tools: Readonly<Record<string, () => Promise<Tool>>> = {
  cl_status: async () => {
    const { clStatus } = await import('./cl-status.ts')
    return (_, argv, io) => clStatus(argv, io)
  },
  hb_standby: async () => {
    const { handover } = await import('./handover.ts')
    return (called, argv, io) => handover('standby', called, argv, io)
  },
  hb_takeover: async () => {
    const { handover } = await import('./handover.ts')
    return (called, argv, io) => handover('takeover', called, argv, io)
  },
  hb_addnode: async () => {
    const { nodeList } = await import('./node-list.ts')
    return (_, argv, io) => nodeList('hb_addnode', argv, io)
  },
  hb_delnode: async () => {
    const { nodeList } = await import('./node-list.ts')
    return (_, argv, io) => nodeList('hb_delnode', argv, io)
  },
}

export const toolNames = Object.keys(tools)

/** The tool that was called for, undefined for hb itself. */
export function toolFor(called: string): (() => Promise<Tool>) | undefined {
  const name = basename(called)
  return Object.hasOwn(tools, name) ? tools[name] : undefined
}
