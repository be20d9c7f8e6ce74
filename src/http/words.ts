/** The snapshot in plain English. */
import type { Claim, GroupView, NodeView, Snapshot } from '../io.ts'

const CLAIMS: Record<Claim, string> = {
  none: 'no groups',
  local: 'its own groups',
  foreign: 'the groups of the other node',
  all: 'all groups',
}

const NODE_STATES: Record<NodeView['state'], string> = {
  init: 'not heard yet',
  up: 'up, not yet active',
  active: 'active',
  dead: 'dead',
  ping: 'answers',
}

/** What a node with this claim may hold. */
export const claimWords = (claim: Claim): string => CLAIMS[claim]

/** 'active', 'not heard yet', ... */
export const nodeStateWords = (state: NodeView['state']): string => NODE_STATES[state]

/** 'hb', 'heartbeat', or '' for a ping node and for a peer that has not been heard. */
export function software(node: NodeView): 'hb' | 'heartbeat' | '' {
  if (node.kind === 'ping') return ''
  if (node.hb || node.local) return 'hb'
  return node.lastHeardMs === null ? '' : 'heartbeat'
}

/** Who holds what, one sentence. */
export function summary(snapshot: Snapshot): string {
  if (snapshot.phase !== 'active') return `${snapshot.node} is ${snapshot.phase}.`
  if (snapshot.groups.length === 0) return `${snapshot.node} is active; no groups are configured.`
  const parts = [...holders(snapshot.groups)].map(([who, count]) => `${who} holds ${plural(count, 'group')}`)
  return `${parts.join(', ')}${snapshot.stable ? '' : '; not settled yet'}.`
}

function holders(groups: readonly GroupView[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const group of groups) {
    const who = group.holder ?? 'nobody'
    counts.set(who, (counts.get(who) ?? 0) + 1)
  }
  return counts
}

/** '1 group', '2 groups'. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Text from elsewhere made fit for one line of plain text: control characters become blanks. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
}
