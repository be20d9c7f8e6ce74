/** Ends a whole process group. */
import { readdirSync, readFileSync } from 'node:fs'

/** From the polite signal to the deadly one, and from that to giving up on a process that even it does not end. */
const GRACE_MS = 1000
const REAP_MS = 300
const POLL_MS = 25

/** SIGTERM to every process of the group, SIGKILL to those left after a second of grace. Never throws. */
export async function killGroup(group: number): Promise<void> {
  if (!signal(group, 'SIGTERM') || (await ended(group, GRACE_MS))) return
  signal(group, 'SIGKILL')
  await ended(group, REAP_MS)
}

async function ended(group: number, withinMs: number): Promise<boolean> {
  const endMs = performance.now() + withinMs
  while (performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    if (!signal(group, 0) || !hasLiving(group)) return true
  }
  return false
}

/** false when the group has no process any more. */
function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, name)
    return true
  } catch {
    return false
  }
}

/** The dead that nobody has reaped take signals, too; in a container whose first process reaps none they stay for good. */
function hasLiving(group: number): boolean {
  try {
    return readdirSync('/proc').some((name) => /^[0-9]+$/.test(name) && livesIn(name, group))
  } catch {
    return true
  }
}

function livesIn(pid: string, group: number): boolean {
  try {
    // The name in parentheses may hold anything; behind it stand state, parent, group.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, , itsGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(itsGroup) === group && state !== 'Z' && state !== 'X'
  } catch {
    return false
  }
}
