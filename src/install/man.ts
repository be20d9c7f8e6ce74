/** The manual pages, made from the tables that the program itself uses. */
import { type ExitCode, exitMeaning } from '../cli/exit.ts'
import { spec, usage, type VerbName, verbNames } from '../cli/verbs.ts'
import type { Directive } from '../config/directive.ts'
import { haThemes, hbThemes } from '../config/table.ts'
import { entry, page, roff, section, verbatim } from './roff.ts'

/** hb(8): every verb. */
export function manHb(version: string): string {
  const codes = Object.keys(exitMeaning).map((code) => Number(code) as ExitCode)
  return page('hb', 8, version, [
    section('NAME', 'hb \\- high availability of addresses and services, compatible with heartbeat 3.0.6'),
    section('SYNOPSIS', ...verbNames.map((name) => `.B ${roff(usage(name))}\n.br`)),
    section(
      'DESCRIPTION',
      roff(
        'hb moves addresses and services between two hosts: when the one that holds them dies, the other takes them. It reads the ha.cf, haresources and authkeys of heartbeat 3.0.6 and speaks its protocol, so that it can replace it one node at a time.',
      ),
    ),
    section('COMMANDS', ...verbNames.map(verbPart)),
    section('EXIT STATUS', ...codes.map((code) => entry(String(code), exitMeaning[code]))),
    section('FILES', ...FILES.map(([path, text]) => entry(path, text))),
    section('SEE ALSO', '.BR hb.cf (5)'),
  ])
}

const FILES: readonly (readonly [string, string])[] = [
  ['/etc/ha.d/ha.cf', 'the nodes, the links between them and the times; the same file on both nodes'],
  ['/etc/ha.d/haresources', 'which node holds what; the same file on both nodes'],
  ['/etc/ha.d/authkeys', 'the secret that both nodes share; mode 0600'],
  ['/etc/ha.d/hb.cf', 'what heartbeat has no words for; optional'],
  ['/var/lib/heartbeat', 'generation and identity of this node, kept over restarts'],
  ['/run/hb/control.sock', 'where the other commands reach the daemon'],
]

function verbPart(name: VerbName): string {
  const { summary, options, notes, examples } = spec(name)
  const parts = [`.SS ${roff(usage(name))}`, roff(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)]
  parts.push(...notes.map((note) => `.PP\n${roff(note)}`))
  parts.push(...options.map((o) => entry(`--${o.name}${o.value ? ` ${o.value}` : ''}`, o.help)))
  if (examples.length > 0) parts.push(verbatim(examples.map((e) => `${e.call}    # ${e.does}`)))
  return parts.join('\n')
}

/** hb.cf(5): every directive of hb.cf, and the names of those of ha.cf. */
export function manHbCf(version: string): string {
  const directives = hbThemes.flatMap((theme) => theme.directives)
  return page('hb.cf', 5, version, [
    section('NAME', 'hb.cf \\- what hb can do beyond heartbeat'),
    section(
      'DESCRIPTION',
      roff(
        'The file stands beside ha.cf and need not exist. One directive a line; # begins a comment anywhere. hb check finds every mistake in it, hb reload takes it.',
      ),
    ),
    section('DIRECTIVES', ...directives.map(directivePart)),
    section('DIRECTIVES OF HA.CF', ...haThemes.map((theme) => entry(theme.title, namesOf(theme.directives)))),
    section('SEE ALSO', '.BR hb (8)'),
  ])
}

function directivePart(d: Directive): string {
  const initial = d.defaultNote ?? d.default
  const ends = [initial === undefined ? '' : ` Default: ${initial}.`, d.repeat === 'many' ? ' May be repeated.' : '']
  return `${entry(d.grammar, `${d.meaning}${ends.join('')}`)}\n${verbatim([d.example])}`
}

function namesOf(directives: readonly Directive[]): string {
  return directives.map((d) => d.name).join(', ')
}
