/** What a reload on one node does to the others' hearing of it, until they have the same files. Pure. */
import type { Config, KeyRing } from '../config/types.ts'

/** One sentence for each way in which nodes with the earlier files stop hearing this one. */
export function perils(next: Config, now: Config): string[] {
  const hurry = `do not hear this one: reload them within deadtime (${next.cluster.deadtimeMs / 1000} s)`
  const found: string[] = []
  const before = new Set(now.media.map((m) => JSON.stringify(m)))
  if (next.media.length > 0 && !next.media.some((m) => before.has(JSON.stringify(m)))) {
    found.push(`no link is as it was (media or udpport): nodes that still have the earlier ones ${hurry}`)
  }
  if (!knew(now.keys, next.keys)) {
    const key = `key ${next.keys.signWith} signs now and was not in authkeys before`
    found.push(`${key}: nodes that do not have it yet ${hurry}`)
  }
  return found
}

/** Whether the key that signs now could be verified with the earlier ones. */
function knew(before: KeyRing, { signWith, keys }: KeyRing): boolean {
  const [old, key] = [before.keys.get(signWith), keys.get(signWith)]
  return old?.method === key?.method && Buffer.compare(old?.key ?? new Uint8Array(), key?.key ?? new Uint8Array()) === 0
}
