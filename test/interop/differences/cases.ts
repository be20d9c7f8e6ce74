/** Configurations for both daemons: each one is right but for a change or a few, in the files' own words. */
import type { Dice } from '../../../src/sim/dice.ts'
import { names, otherFiles, wordsFor } from './words.ts'

export interface Files {
  readonly haCf: string | null
  readonly haresources: string | null
  readonly authkeys: string | null
  readonly keysMode: number
}

export interface Case {
  readonly what: string
  readonly files: Files
}

const base = [
  'logfile /var/log/ha-log',
  'keepalive 500ms',
  'deadtime 5',
  'warntime 2',
  'initdead 20',
  'udpport 694',
  'bcast eth0',
  'auto_failback off',
  'node node1 node2',
]

export const right: Files = {
  haCf: `${base.join('\n')}\n`,
  haresources: 'node1 10.77.0.100\n',
  authkeys: 'auth 1\n1 sha1 s3cret\n',
  keysMode: 0o600,
}

const withHaCf = (lines: readonly string[]): Files => ({ ...right, haCf: `${lines.join('\n')}\n` })

/** A directive in the place of its like, or before what depends on it. */
function put(line: string): string[] {
  const name = line.split(' ', 1)[0]
  const place = base.findIndex((l) => l.split(' ', 1)[0] === name)
  return place < 0 ? [...base.slice(0, 6), line, ...base.slice(6)] : base.with(place, line)
}

/** Every directive with every word, and every form of the other two files. */
export function grid(): Case[] {
  const cases: Case[] = []
  for (const name of names)
    for (const words of wordsFor(name))
      cases.push({ what: `${name} ${words}`.trimEnd(), files: withHaCf(put(`${name} ${words}`.trimEnd())) })
  for (const authkeys of otherFiles.authkeys)
    cases.push({ what: `authkeys ${JSON.stringify(authkeys)}`, files: { ...right, authkeys } })
  for (const haresources of otherFiles.haresources)
    cases.push({ what: `haresources ${JSON.stringify(haresources)}`, files: { ...right, haresources } })
  for (const mode of [0o400, 0o640, 0o604, 0o620, 0o602, 0o644, 0o4600])
    cases.push({ what: `authkeys of mode ${mode.toString(8)}`, files: { ...right, keysMode: mode } })
  for (const name of ['haCf', 'haresources', 'authkeys'] as const)
    cases.push({ what: `no ${name}`, files: { ...right, [name]: null } })
  for (const [what, lines] of larger()) cases.push({ what, files: withHaCf(lines) })
  return cases
}

const many = (count: number, line: (n: number) => string) => Array.from({ length: count }, (_, i) => line(i + 1))

function larger(): [string, string[]][] {
  return [
    ['63 media more', [...base, ...many(63, (n) => `ucast eth0 10.77.0.${n}`)]],
    ['64 media more', [...base, ...many(64, (n) => `ucast eth0 10.77.0.${n}`)]],
    ['98 nodes more', [...base, ...many(98, (n) => `node other${n}`)]],
    ['99 nodes more', [...base, ...many(99, (n) => `node other${n}`)]],
    ['98 ping nodes', [...base, ...many(98, (n) => `ping 10.77.1.${n}`)]],
    ['99 ping nodes', [...base, ...many(99, (n) => `ping 10.77.1.${n}`)]],
    ['a line of 5000 bytes', [...base, `# ${'x'.repeat(5000)}`]],
    ['a line of 5200 bytes', [...base, `# ${'x'.repeat(5200)}`]],
    ['a line of 70000 bytes', [...base, `# ${'x'.repeat(70_000)}`]],
    ['lines as on DOS', base.map((l) => `${l}\r`)],
    ['a mark of byte order', base.map((l, i) => (i === 0 ? `\ufeff${l}` : l))],
    ['a carriage return for a blank', base.map((l) => l.replace('deadtime ', 'deadtime\r'))],
    ['a comma for a blank', base.map((l) => l.replace('bcast ', 'bcast,'))],
    ['a node that no host can be', [...base, 'node ünode']],
    ['an empty file', []],
    ['comments only', ['# nothing', '   # here']],
    ['ping nodes only', [...base.filter((l) => !l.startsWith('bcast')), 'ping 10.77.0.200']],
    ['serial only', [...base.filter((l) => !l.startsWith('bcast')), 'serial /dev/null']],
    ['no log', base.filter((l) => !l.startsWith('logfile'))],
    ['no log, use_logd no', ['use_logd no', ...base.filter((l) => !l.startsWith('logfile'))]],
    ['no log, use_logd yes', ['use_logd yes', ...base.filter((l) => !l.startsWith('logfile'))]],
    ['logfacility none', ['logfacility none', ...base.filter((l) => !l.startsWith('logfile'))]],
    ['a ping node called as a node', [...base, 'ping node2']],
    ['a ping group called as a node', [...base, 'ping_group node2 10.77.0.200']],
    ['ping nodes twice', [...base, 'ping 10.77.0.200', 'ping 10.77.0.200']],
    ['the same medium twice', [...base, 'bcast eth0']],
    ['two nodes in two lines', [...base.slice(0, -1), 'node node1', 'node node2']],
    ['this node alone', [...base.slice(0, -1), 'node node1']],
    ['the other node alone', [...base.slice(0, -1), 'node node2']],
  ]
}

/** Several changes at once: to words, lines, white space, letter case, order. */
export function random(dice: Dice): Case {
  let files = right
  const lines = [...base]
  const done: string[] = []
  for (let n = dice.between(1, 3); n > 0; n--) {
    const which = dice.between(0, 99)
    if (which < 12) files = { ...files, authkeys: spoil(dice, dice.pick(otherFiles.authkeys)) }
    else if (which < 24) files = { ...files, haresources: spoil(dice, dice.pick(otherFiles.haresources)) }
    else change(dice, lines)
    done.push(which < 12 ? 'authkeys' : which < 24 ? 'haresources' : 'ha.cf')
  }
  return { what: `${done.join(', ')} by chance`, files: { ...files, haCf: `${lines.join('\n')}\n` } }
}

function change(dice: Dice, lines: string[]): void {
  const at = dice.between(0, Math.max(0, lines.length - 1))
  const line = lines[at] ?? ''
  const name = dice.pick(names)
  const directive = `${name} ${dice.pick(wordsFor(name))}`.trimEnd()
  const changes: (() => void)[] = [
    () => lines.splice(at, 0, directive),
    () => lines.splice(at, 0, directive),
    () => lines.push(directive),
    () => lines.splice(at, 1),
    () => lines.splice(at, 1, line, line),
    () => lines.push(...lines.splice(at, 1)),
    () => lines.unshift(...lines.splice(at, 1)),
    () => lines.splice(at, 1, line.toUpperCase()),
    () =>
      lines.splice(at, 1, line.replaceAll(' ', dice.pick(['\t', '  ', ',', ', ', ' , ', '\f', '\r', ' = ', ':', '']))),
    () => lines.splice(at, 1, `${dice.pick([' ', '\t', ',', '\r', '\f', '\v', '\u00a0'])}${line}`),
    () => lines.splice(at, 1, `${line}${dice.pick([' ', '\t', ' # x', '#x', ' \\', ';', '\r', ',', ' ,x', ' "x"'])}`),
    () => lines.splice(at, 1, line.split(' ', 1)[0]!),
    () => lines.splice(at, 1, `${line} ${dice.pick(wordsFor(name))}`),
    () => lines.splice(at, 1, spoil(dice, line)),
    () => lines.splice(at, 1, `${line.slice(0, dice.between(0, line.length))}`),
  ]
  dice.pick(changes)()
}

function spoil(dice: Dice, text: string): string {
  if (dice.chance(60)) return text
  const at = dice.between(0, text.length)
  const put = dice.pick([' ', '\t', '#', '\\', '\n', ',', '0', '9', 'x', '\u0001', 'é', '\r'])
  return dice.chance(50) ? text.slice(0, at) + put + text.slice(at) : text.slice(0, at) + text.slice(at + 1)
}
