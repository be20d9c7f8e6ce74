import type { GroupView } from '../io.ts'

/** Why a node that has settled is not ready all the same: a group failed here that nobody serves; null when none did. */
export function unserved(groups: readonly GroupView[]): string | null {
  const group = groups.find((g) => g.state === 'stop-failed' || (g.state === 'failed' && g.holder === null))
  if (group === undefined) return null
  const how = group.state === 'failed' ? 'could not be started here and nobody holds it' : 'could not be stopped here'
  return `group ${group.key} ${how}: ${group.cause}`
}
