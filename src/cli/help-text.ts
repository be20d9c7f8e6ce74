/** The help texts, made from the table of verbs. */
import { type ExitCode, exitMeaning } from './exit.ts'
import { spec, usage, type VerbName, verbNames } from './verbs.ts'
import { columns, wrap } from './wrap.ts'

/** All verbs on one page, examples first. */
export function overview(): string {
  return sections([
    ['', 'hb: two hosts, one address. Linux-HA heartbeat in one executable.'],
    [
      'Examples:',
      columns(
        [
          ['hb check --config /etc/ha.d', 'find every problem of a configuration'],
          ['hb run --config /etc/ha.d', 'join the cluster and serve'],
          ['hb status', 'who holds what, since when and why'],
          ['hb standby', 'give everything to the other node'],
        ],
        2,
        30,
      ),
    ],
    ['Commands:', columns(verbNames.map((name) => [name, spec(name).summary]))],
    ['', wrap("'hb help COMMAND' tells all about one of them.")],
  ])
}

/** Everything about one verb, examples first. */
export function verbHelp(name: VerbName): string {
  const { summary, examples, options, notes, exits } = spec(name)
  const help = { left: '-h, --help', right: 'show this text' }
  const left = (o: (typeof options)[number]) => `--${o.name}${o.value ? ` ${o.value}` : ''}`
  return sections([
    ['', wrap(summary, `hb ${name}: `, 2)],
    [
      'Examples:',
      columns(
        examples.map((e) => [e.call, e.does]),
        2,
        48,
      ),
    ],
    ['Usage:', wrap(usage(name), '  ', 6)],
    ['', notes.map((note) => wrap(note)).join('\n')],
    ['Options:', columns([...options.map((o) => [left(o), o.help] as const), [help.left, help.right]])],
    ['Exit codes:', exitCodes(exits)],
  ])
}

/** The exit codes with their meaning, a row each. */
export function exitCodes(codes: readonly ExitCode[]): string {
  return columns(codes.map((code) => [String(code), exitMeaning[code]]))
}

function sections(parts: readonly (readonly [title: string, body: string])[]): string {
  const shown = parts.filter(([, body]) => body !== '')
  return `${shown.map(([title, body]) => (title === '' ? body : `${title}\n${body}`)).join('\n\n')}\n`
}
