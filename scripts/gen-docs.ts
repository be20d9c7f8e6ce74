/** Writes docs/settings.md from the table of directives: `bun scripts/gen-docs.ts`. */
import { writeFileSync } from 'node:fs'
import type { Directive } from '../src/config/directive.ts'
import { haThemes, hbThemes, type Theme } from '../src/config/table.ts'

const head = `# Settings

<!-- Written by scripts/gen-docs.ts from the table in src/config; a test compares the two. -->

Everything that \`ha.cf\` and \`hb.cf\` may say. One directive a line; \`#\` begins a comment anywhere. Names of directives are case sensitive.

- **TIME**: a number of seconds (\`2\`, \`1.5\`), or one with \`ms\` or \`us\` behind it (\`500ms\`). There is no \`s\`, \`min\` or \`h\`.
- **BOOLEAN**: \`true\`, \`on\`, \`yes\`, \`y\`, \`1\` or \`false\`, \`off\`, \`no\`, \`n\`, \`0\`, in any case.
- Words are separated by blanks, tabs or commas (only blanks and tabs where a directive takes a whole line). Where a
  directive takes one value, the last one given counts.
- **reload** says when a change is in force after \`hb reload\` or SIGHUP: at once, where nothing else stands there. What
  cannot be in force at once is named in the answer to the reload, with what is to be done; a directive that changes
  nothing in hb is named there, too.
- **asked** means that the value can be asked for by name and that scripts find it as \`HA_<name>\`.
`

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``

function answer({ handling }: Directive): string {
  if (handling.does === 'obeys') return handling.how === undefined ? 'obeyed' : `obeyed: ${cell(handling.how)}`
  const some = handling.when === undefined ? '' : ' unless switched off or none'
  const word = handling.does === 'warns' ? 'accepted with a warning' : 'refused'
  return `${word}${some}: ${cell(handling.how)}. What to do: ${cell(handling.remedy)}`
}

function reloading({ handling, reload }: Directive): string {
  if (reload !== undefined) return cell(reload.how)
  return { obeys: 'at once', warns: 'the answer names it', refuses: 'refused' }[handling.does]
}

function row(directive: Directive): string {
  const { grammar, default: text, defaultNote, unit, meaning, example, recorded, repeat, aliases } = directive
  const initial = defaultNote !== undefined ? cell(defaultNote) : text === undefined ? '-' : code(text)
  const scale = unit === undefined || unit === 'time' ? '' : ` ${unit}`
  const more = [
    ...(aliases ? [`Also spelled ${aliases.map(code).join(', ')}.`] : []),
    ...(repeat === 'many' ? ['May be repeated.'] : repeat === 'once' ? ['Once only.'] : []),
  ]
  const cells = [
    code(grammar),
    `${initial}${scale}`,
    [cell(meaning), ...more].join(' '),
    code(example),
    recorded ? 'yes' : '',
    answer(directive),
    reloading(directive),
  ]
  return `| ${cells.join(' | ')} |`
}

function section(theme: Theme, level: string): string {
  const names =
    '| directive | default | meaning | example | asked | hb | reload |\n| --- | --- | --- | --- | --- | --- | --- |'
  return `${level} ${theme.title}\n\n${names}\n${theme.directives.map(row).join('\n')}\n`
}

/** The whole page. */
export function settingsPage(): string {
  const ha = haThemes.map((t) => section(t, '##'))
  const hb = hbThemes.map((t) => section(t, '##'))
  return [head, ...ha, ...hb].join('\n')
}

if (import.meta.main) writeFileSync(new URL('../docs/settings.md', import.meta.url), settingsPage())
