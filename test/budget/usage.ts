/** What a running process uses, read from /proc inside a host of a lab. */
import type { Lab } from '../lab/lab.ts'

export interface Usage {
  readonly atMs: number
  /** Heap, stacks and what was written of the program: what the kernel could not throw away and read again. */
  readonly anonymousKib: number
  /** That, and what else no other process has mapped now: where two daemons run, the copies of the C library. */
  readonly privateKib: number
  readonly residentKib: number
  /** Of what is resident: the program's and its libraries' pages that are held there. */
  readonly lockedKib: number
  readonly descriptors: number
  readonly threads: number
  /** Of all threads since each began. */
  readonly cpuMs: number
}

const SCRIPT = `
p=$(pgrep -f -- 'run --config /etc/ha.d$') && set -- $p && [ $# = 1 ] || exit 1
cat /proc/$p/smaps_rollup
echo Descriptors: $(ls /proc/$p/fd | wc -l)
for t in /proc/$p/task/*; do echo Thread: $(cat $t/schedstat); done
cut -d' ' -f14,15 /proc/$p/stat | sed 's/^/Ticks: /'`

/** Of the one daemon on that host; throws when there is not exactly one. */
export async function usage(lab: Lab, host: string): Promise<Usage> {
  const text = await lab.run('exec', host, 'sh', '-c', SCRIPT)
  const threads = [...text.matchAll(/^Thread: (\d+) /gm)]
  const number = (name: string): number => {
    const found = text.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))
    if (found === null) throw new Error(`no ${name} in what /proc says on ${host}`)
    return Number(found[1])
  }
  const ticks = text.match(/^Ticks: (\d+) (\d+)/m)!
  return {
    atMs: performance.now(),
    anonymousKib: number('Anonymous'),
    privateKib: number('Private_Clean') + number('Private_Dirty'),
    residentKib: number('Rss'),
    lockedKib: number('Locked'),
    descriptors: number('Descriptors'),
    threads: threads.length,
    // The kernel's own sum, in hundredths of a second, which remembers threads that have ended.
    cpuMs: (Number(ticks[1]) + Number(ticks[2])) * 10,
  }
}
