/** Whether each monitor watches something that exists. */
import { nearest } from './nearest.ts'
import type { ProblemList } from './problem.ts'
import type { Group, Monitor } from './types.ts'

export function checkMonitors(
  monitors: readonly Monitor[],
  groups: readonly Group[],
  executable: ((path: string) => boolean) | undefined,
  problems: ProblemList,
): void {
  const known = [...new Set(groups.flatMap((g) => g.resources.map((r) => r.text)))]
  for (const m of monitors) {
    if (!known.includes(m.resource)) {
      const near = nearest(m.resource, known)
      const remedy = near === null ? `known are: ${known.slice(0, 8).join(', ') || 'none'}` : `did you mean ${near}?`
      problems.error(m, m.resource, 'no such resource in haresources', remedy)
    }
    if (m.probe.kind === 'script' && executable && !executable(m.probe.path)) {
      problems.warning(m, m.probe.path, 'no such program on this machine', 'install it, or remove the line')
    }
  }
}
