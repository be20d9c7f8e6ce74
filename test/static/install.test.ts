/** hb install and hb uninstall as the executable does them, on a host that holds nothing else. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildEnter, type Ended, emptyRoot, hb, remove, skipped, start, workFolder } from './place.ts'

setDefaultTimeout(60_000)
const off = skipped()
let folder = ''
let enter = ''
beforeAll(() => {
  if (off) return
  folder = workFolder()
  enter = buildEnter(folder)
})
afterAll(() => remove(folder))

/** Every file and link of a host; /proc is empty when nothing is mounted there. */
function files(root: string): string[] {
  const all = readdirSync(root, { recursive: true, withFileTypes: true }).filter((e) => !e.isDirectory())
  return all.map((e) => join(e.parentPath, e.name).slice(root.length)).sort()
}

const plain = (text: string) => text.replaceAll('would be ', '')

describe.skipIf(off)('on a host with systemd, from a root directory that holds the executable alone', () => {
  test('install and uninstall say what they do, first with --dry-run, and leave no trace in the end', () => {
    const root = emptyRoot(folder, hb(), ['lib/systemd', 'etc/ha.d'])
    for (const path of ['lib/systemd/systemd', 'etc/ha.d/ha.cf']) writeFileSync(join(root, path), 'theirs')
    const before = files(root)
    const call = (...words: string[]): Ended => start(enter, root, words)

    const dry = call('install', '--dry-run')
    expect([dry.code, files(root)]).toEqual([0, before])
    const done = call('install')
    expect(done).toMatchObject({ code: 0, out: plain(dry.out), err: '' })
    const unit = readFileSync(join(root, 'etc/systemd/system/hb.service'), 'utf8')
    expect(unit).toContain('\nType=notify\n')
    expect(files(root).length).toBe(before.length + 10)
    expect(start(enter, root, ['version'], { program: '/usr/sbin/hb' })).toMatchObject({ code: 0, err: '' })

    const dryAgain = call('uninstall', '--dry-run')
    expect([dryAgain.code, files(root).length]).toEqual([0, before.length + 10])
    expect(call('uninstall')).toMatchObject({ code: 0, out: plain(dryAgain.out), err: '' })
    expect(files(root)).toEqual(before)
  })
})
