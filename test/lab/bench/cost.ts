/** What an idle pair costs: memory, CPU time and frames of both hosts over a stretch of time. */
import { Pair } from './pair.ts'
import { hosts, type System } from './systems.ts'

export interface Cost {
  readonly system: string
  readonly role: 'active' | 'standby'
  readonly seconds: number
  readonly processes: number
  readonly rssKib: number
  readonly pssKib: number
  readonly privateKib: number
  readonly cpuMsPerMinute: number
  readonly framesPerSecond: number
  readonly meanFrameBytes: number | null
}

/** All systems at the same time, each in a lab of its own: they are nearly idle. */
export async function costs(list: readonly System[], seconds: number): Promise<Cost[]> {
  const pairs: Pair[] = []
  try {
    for (const system of list) pairs.push(await Pair.up(system, 'cost'))
    const actives = await Promise.all(pairs.map((pair) => pair.settled()))
    const before = await Promise.all(pairs.map(sampleBoth))
    await Bun.sleep(seconds * 1000)
    const after = await Promise.all(pairs.map(sampleBoth))
    return pairs.flatMap((pair, p) =>
      hosts.map((host, h) => difference(pair.system.name, host === actives[p], before[p]![h]!, after[p]![h]!)),
    )
  } finally {
    for (const pair of pairs) await pair.down()
  }
}

interface Sample {
  readonly atMs: number
  readonly processes: number
  readonly memory: Readonly<Record<string, number>>
  readonly cpuMs: number
  readonly frames: number
  readonly bytes: number
}

const sampleBoth = (pair: Pair): Promise<Sample[]> => Promise.all(hosts.map((host) => sample(pair, host)))

async function sample({ lab, system }: Pair, host: string): Promise<Sample> {
  const pids: string[] = []
  for (const line of (await lab.run('exec', host, 'ps', '-eo', 'pid=,args=')).split('\n')) {
    const [, pid, args] = line.match(/^\s*(\d+)\s+(.*)$/) ?? []
    if (pid !== undefined && system.process.test(args!) && !args!.startsWith('ps ')) pids.push(pid)
  }
  if (pids.length === 0) throw new Error(`${system.name}: no process of it on ${host}`)
  const script =
    'for p; do cat /proc/$p/smaps_rollup; for t in /proc/$p/task/*; do echo S $(cat $t/schedstat); done; done'
  const text = await lab.run('exec', host, 'sh', '-c', script, 'sh', ...pids)
  const atMs = performance.now()
  const sum = (pattern: RegExp) => [...text.matchAll(pattern)].reduce((total, found) => total + Number(found[1]), 0)
  const [frames = 0, bytes = 0] = (await lab.run('stats', host, 'eth0')).split(' ').map(Number)
  return {
    atMs,
    processes: pids.length,
    memory: {
      rss: sum(/^Rss:\s+(\d+) kB/gm),
      pss: sum(/^Pss:\s+(\d+) kB/gm),
      private: sum(/^Private_(?:Clean|Dirty):\s+(\d+) kB/gm),
    },
    cpuMs: sum(/^S (\d+) /gm) / 1e6,
    frames,
    bytes,
  }
}

function difference(system: string, active: boolean, before: Sample, after: Sample): Cost {
  const seconds = (after.atMs - before.atMs) / 1000
  const frames = after.frames - before.frames
  return {
    system,
    role: active ? 'active' : 'standby',
    seconds,
    processes: after.processes,
    rssKib: after.memory.rss!,
    pssKib: after.memory.pss!,
    privateKib: after.memory.private!,
    cpuMsPerMinute: ((after.cpuMs - before.cpuMs) / seconds) * 60,
    framesPerSecond: frames / seconds,
    meanFrameBytes: frames > 0 ? (after.bytes - before.bytes) / frames : null,
  }
}
