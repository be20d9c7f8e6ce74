/** What a reload makes of each directive of the table: taken in, or answered by name; nothing is passed over in silence. */
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfigDir } from '../../src/config/read.ts'
import { haTable, hbTable } from '../../src/config/table.ts'
import type { Config } from '../../src/config/types.ts'
import { Reloader, readAgain } from '../../src/daemon/reload.ts'
import { base, type Change, changed, changes, nameOf, service } from '../services/reload-changes.ts'

const dir = mkdtempSync(join(tmpdir(), 'hb-reload-'))
afterAll(() => rmSync(dir, { recursive: true }))

const haCf = `logfile /var/log/ha-log
keepalive 200ms
warntime 500ms
deadtime 1000ms
initdead 3
ucast eth0 10.77.0.2
auto_failback off
${base.extra.join('\n')}
node node1 node2
`
const put = (name: string, text: string) => writeFileSync(join(dir, name), text, { mode: 0o600 })
const restore = () => {
  put('ha.cf', haCf)
  put('hb.cf', base.hbcf)
  put('haresources', `node1 ${service}\n`)
  put('authkeys', 'auth 1\n1 sha1 x\n')
}
restore()
const before = readConfigDir(dir, 'node1').config!
const freely = () => null

const tableOf = ({ file }: Change) => (file === 'ha.cf' ? haTable : hbTable)

/** A configuration as text, maps and keys included. */
const textOf = (config: Config): string =>
  JSON.stringify(config, (_, value) => (value instanceof Map ? [...value] : value))

test('every directive of the table has a change of its own', () => {
  const names = new Set([...haTable.values(), ...hbTable.values()].map((d) => d.name))
  expect(changes.map(nameOf).toSorted()).toEqual([...names].toSorted())
  for (const change of changes) expect(tableOf(change).has(nameOf(change))).toBe(true)
})

describe.each(changes.map((c) => [nameOf(c), c] as const))('%s', (name, change) => {
  const reload = () => {
    const many = tableOf(change).get(name)!.repeat === 'many'
    put(change.file, changed(change.file === 'ha.cf' ? haCf : base.hbcf, change, many))
    try {
      return readAgain(dir, 'node1', before, freely)
    } finally {
      restore()
    }
  }

  test(`a change is ${change.how}`, () => {
    const next = reload()
    if ('refused' in next) {
      expect(change.how).toBe('refused')
      expect(next.refused.join('\n')).toContain(name)
      return
    }
    const said = [...next.notes, ...next.warnings].join('\n')
    const named = new RegExp(`\\b${name}\\b(?! overrides)`).test(said)
    expect(named || textOf(next.config) !== textOf(before)).toBe(true)
    if (change.how === 'answered') expect(said).toMatch(new RegExp(`(^|: )${name}( changed)?: .+`, 'm'))
    else expect(textOf(next.config)).not.toBe(textOf(before))
  })
})

test('what cannot be in force at once is told with what is to be done', () => {
  put('ha.cf', `uuidfrom nodename\n${haCf}`)
  const next = readAgain(dir, 'node1', before, freely)
  restore()
  expect(next).toMatchObject({ notes: [expect.stringMatching(/^uuidfrom changed: .*hb standby, hb stop and hb run/)] })
})

test('to or from auto_failback legacy: refused, with the remedy', () => {
  put('ha.cf', haCf.replace('auto_failback off', 'auto_failback legacy'))
  const next = readAgain(dir, 'node1', before, freely)
  restore()
  expect(next).toEqual({ refused: [expect.stringMatching(/auto_failback off cannot become legacy.*stop hb on all/)] })
})

describe('the reloader', () => {
  function scene() {
    const logged: string[] = []
    const done: string[] = []
    const reloader = new Reloader({
      dir,
      node: 'node1',
      now: () => before,
      nodesHindrance: (nodes) => (nodes.includes('node3') ? 'node3 may not come' : null),
      reopenLogs: () => done.push('logs'),
      apply: () => {
        done.push('applied')
        return ['one thing more']
      },
      log: (level, text) => logged.push(`${level} ${text}`),
    })
    return { reloader, logged, done }
  }

  test('opens the log files anew even where the configuration is wrong, and applies nothing then', () => {
    const { reloader, done, logged } = scene()
    put('ha.cf', `${haCf}deadtime x\nkeepalive y\n`)
    const reply = reloader.run()
    restore()
    expect(done).toEqual(['logs'])
    expect(reply.ok).toBe(false)
    expect(reloader.refused).toMatch(/^the last reload was refused, .*ha\.cf:10:10: .*\(and 1 more\)$/)
    expect(logged.length).toBe(3)
  })

  test('says what is to be known beside, and forgets an earlier refusal', () => {
    const { reloader, done } = scene()
    put('ha.cf', `${haCf}node node3\n`)
    expect(reloader.run()).toEqual({ ok: false, text: 'nothing changed: node3 may not come' })
    restore()
    const reply = reloader.run()
    expect(reply.ok).toBe(true)
    expect(reply.text).toMatch(/^the configuration is in force; one thing more\n.*deadtime is under 2 s/)
    expect(reloader.refused).toBeNull()
    expect(done).toEqual(['logs', 'logs', 'applied'])
  })
})

describe('what the other nodes need is told', () => {
  const notes = () => {
    const next = readAgain(dir, 'node1', before, freely)
    restore()
    return 'notes' in next ? next.notes.join('\n') : next.refused.join('\n')
  }

  test('no link as it was', () => {
    put('ha.cf', `udpport 6940\n${haCf}`)
    expect(notes()).toMatch(/^no link is as it was .* reload them within deadtime \(1 s\)$/)
    put('ha.cf', `${haCf}ucast eth1 10.78.0.2\n`)
    expect(notes()).toBe('')
  })

  test('a key that nobody had before', () => {
    put('authkeys', 'auth 2\n1 sha1 x\n2 sha1 y\n')
    expect(notes()).toMatch(/^key 2 signs now and was not in authkeys before: .* reload them within deadtime/)
    put('authkeys', 'auth 1\n1 sha1 x\n2 sha1 y\n')
    expect(notes()).toBe('')
    put('authkeys', 'auth 1\n1 sha1 other\n')
    expect(notes()).toMatch(/^key 1 signs now/)
  })
})
