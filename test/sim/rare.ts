/** What a suite must have seen. */
import type { Fault } from './scene.ts'

/** Paths that a suite must have walked: what they are called, and by which counts of a run they are known. */
export const RARE: readonly (readonly [path: string, count: RegExp])[] = [
  ['both start and nobody holds anything', /^cause X starts too, so nobody holds anything/],
  ['the first claim is that of a node that holds everything', /^cause X holds all/],
  ['alone after initdead', /^cause every other node is dead/],
  ['ten seconds without a stable peer', /^cause the other node did not become stable within/],
  ['a healed partition, settled by words', /^cause X holds it too and keeps it after the partition/],
  ['both held it and one has let go', /^announce the other holder has let go of it/],
  ['a new generation after a death', /^cause X was declared dead/],
  ['a new generation before a death', /^cause X may have declared this node dead/],
  ['a stall longer than deadtime', /^counter stalls/],
  ['silence after a stall', /^cause nobody else was heard for deadtime/],
  ['a lease that ended by itself', /^lease expired/],
  ['an address put back', /^counter addresses_put_back/],
  ['a stray address taken away', /^counter addresses_removed/],
  ['a conflict answered', /^event conflict/],
  ['gaps', /^counter gaps$/],
  ['a repetition asked for', /^counter repeats_asked$/],
  ['a repetition sent', /^counter messages_repeated/],
  ['a replayed message refused', /^counter refused_replay/],
  ['a replay of an earlier generation', /^replay of an earlier generation/],
  ['a replay of a message that was heard', /^replay of a message that was heard/],
  ['a repetition refused', /^counter repeats_refused/],
  ['a message that overtook its life', /^counter messages_early/],
  ['a failed start', /^counter start_failures/],
  ['a failed stop', /^counter stop_failures/],
  ['a stop that failed for good', /^event group stopping>stop-failed/],
  ['a failed group handed over', /could not be started here$/],
  ['a stray service stopped', /^counter strays_stopped/],
  ['failback', /^cause auto_failback on and the owner is back/],
  ['a hand-over of everything', /^event standby released>done/],
  ['a hand-over that was crossed', /^cause X asked for a hand-over at the same moment/],
  ['a hand-over refused by the other', /^cause X is not ready to take over/],
  ['a hand-over ended by a death', /^cause X is gone/],
  ['a hand-over without an answer', /^cause no reply of X to the standby request/],
  ['a hand-over whose end was lost', /^cause X has ended the hand-over/],
  ['a takeover on request', /^cause X asks for a takeover/],
  ['an orderly end', /^cause X has shut down/],
  ['a group asked for in legacy mode', /^cause X asks for it/],
  ['a ping node that falls silent', /^event node ping>dead/],
  ['between more than two: the heir takes', /^cause nobody has it, and X is its heir/],
  ['between more than two: handed to the one that was named', /^cause X hands it over$/],
  ['between more than two: an orderly hand-over', /^event standby giving>done/],
  ['between more than two: a takeover by hand', /^event standby taking>done/],
  ['between more than two: the cluster forms', /^cause nobody has it, and it belongs here/],
  ['between more than two: dead to one, heard by another', /^counter deaths_doubted/],
  ['a damaged datagram refused', /^network refused/],
]

/**
 * Variants of each kind of fault that a suite must have let happen. services.test.ts asks for those of services itself.
 */
const INJECTED: Readonly<Record<Fault['kind'], readonly string[]>> = {
  cut: [''],
  unplug: [''],
  weather: [''],
  flip: [''],
  crash: ['daemon', 'machine', 'forgetful'],
  pause: ['process', 'machine', 'suspend'],
  command: ['standby', 'takeover', 'stop'],
  clock: ['forward', 'back'],
  meddle: ['add', 'remove'],
  script: ['start-fails', 'start-hangs', 'stop-fails', 'stop-hangs', 'slow'],
  sick: [],
  maintenance: [],
  replay: [''],
  'silent-ping': [''],
  reload: ['group', 'keepalive', 'nothing'],
  ask: [''],
  'full-disk': [''],
}

/** As it is counted. */
export function faultName(fault: Fault): string {
  return `fault ${fault.kind} ${variant(fault)}`.trimEnd()
}

function variant(fault: Fault): string {
  switch (fault.kind) {
    case 'crash':
      return fault.forget ? 'forgetful' : fault.what
    case 'pause':
      return fault.how
    case 'command':
      return fault.command.verb
    case 'clock':
      return fault.byS < 0 ? 'back' : 'forward'
    case 'meddle':
      return fault.add ? 'add' : 'remove'
    case 'script':
      return fault.trouble
    case 'reload':
      return fault.change
    default:
      return ''
  }
}

/** How often each fault has happened. */
export function timesInjected(counts: Readonly<Record<string, number>>): Map<string, number> {
  const names = Object.entries(INJECTED).flatMap(([kind, variants]) =>
    variants.map((v) => `fault ${kind} ${v}`.trimEnd()),
  )
  return new Map(names.map((name) => [name, counts[name] ?? 0]))
}

/** The faults that never happened. */
export const neverInjected = (counts: Readonly<Record<string, number>>): string[] => never(timesInjected(counts))

/** How often each was walked. */
export function timesWalked(counts: Readonly<Record<string, number>>): Map<string, number> {
  const found = Object.entries(counts)
  const times = (pattern: RegExp) => found.filter(([n]) => pattern.test(n)).reduce((sum, [, n]) => sum + n, 0)
  return new Map(RARE.map(([path, pattern]) => [path, times(pattern)]))
}

/** The paths that were never walked. */
export function neverWalked(counts: Readonly<Record<string, number>>): string[] {
  return never(timesWalked(counts))
}

const never = (times: ReadonlyMap<string, number>): string[] =>
  [...times].filter(([, n]) => n === 0).map(([what]) => what)
