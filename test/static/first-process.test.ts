/** hb as the first process of a container: nobody else buries the dead there, and signals have no default action. */
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hosts, until } from './hosts.ts'
import { lacks, skipped } from './place.ts'

setDefaultTimeout(60_000)
const off = skipped()
const busybox = !lacks('busybox', 'busybox-static')
let hosts: Hosts | undefined
afterEach(() => hosts?.close())

const SETTLE_MS = 20_000
const ORPHANS = 20
/** Leaves processes behind whose parent has ended: what a daemon does that goes into the background. */
const script = `#!/bin/sh
case $1 in
  start) for i in $(seq ${ORPHANS}); do (sleep 2 &); done ;;
  status) echo stopped ;;
esac
`

function prepare(root: string): void {
  for (const name of ['bin', 'dev', 'etc/ha.d/resource.d']) mkdirSync(join(root, name), { recursive: true })
  copyFileSync('/bin/busybox', join(root, 'bin/sh'))
  for (const name of ['sleep', 'seq']) symlinkSync('sh', join(root, 'bin', name))
  writeFileSync(join(root, 'etc/ha.d/resource.d/leave'), script, { mode: 0o755 })
  writeFileSync(join(root, 'dev/null'), '')
}

/** The states of a process's children, one letter each: Z is dead and not buried. */
function children(parent: number): string[] {
  return readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? statOf(name) : ''
    const [state, itsParent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(itsParent) === parent ? [state!] : []
  })
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return ''
  }
}

describe.skipIf(off)('hb as the first process', () => {
  test.skipIf(!busybox)('buries those who lost their parent', async () => {
    hosts = new Hosts({ resources: 'leave', prepare, enter: ['-e', 'PATH=/bin'] })
    await hosts.ready()
    hosts.start('alpha')
    await until('hb runs', SETTLE_MS, () => hosts!.runs('alpha'))
    const pid = hosts.pid('alpha')
    await until('orphans have come to it', SETTLE_MS, () => children(pid).length >= ORPHANS)
    await until('all of them have ended and are buried', 10_000, () => children(pid).length === 0)
    expect(hosts.holds('alpha')).toBe(true)
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`ends in order with ${signal}, and the container with it`, async () => {
      hosts = new Hosts()
      await hosts.ready()
      const run = hosts.start('alpha')
      await until('alpha holds the address', SETTLE_MS, () => hosts!.holds('alpha'))
      process.kill(hosts.pid('alpha'), signal)
      expect(await Promise.race([run.exited, Bun.sleep(10_000)])).toBe(0)
      expect(hosts.holds('alpha')).toBe(false)
    })
  }
})
