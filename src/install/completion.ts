import { spec, type VerbName, verbNames } from '../cli/verbs.ts'
import { MARK } from './mark.ts'

/** Completion of hb's verbs, options, fixed words and paths for bash, made from the table of verbs. */
export function bashCompletion(): string {
  const cases = verbNames.map((name) => `    ${name}) words='${wordsOf(name).join(' ')}'${pathsOf(name)} ;;`).join('\n')
  return `# ${MARK}
# shellcheck shell=bash
_hb() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words paths=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '${verbNames.join(' ')}' -- "$word")
    return
  fi
  case \${COMP_WORDS[1]} in
${cases}
    *) words='' ;;
  esac
  case $before in
    ${optionsFor('DIR')}) words='' paths=-d ;;
    ${optionsFor('PATH')}) words='' paths=-f ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  if [[ $paths && $word != -* ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t -O \${#COMPREPLY[@]} COMPREPLY < <(compgen "$paths" -- "$word")
  fi
}
complete -F _hb hb
`
}

function wordsOf(name: VerbName): string[] {
  const { choices, words, options } = spec(name)
  /* A verb whose later words are free has its fixed ones in the usage alone. */
  const fixed = choices ?? words.match(/^[a-z]+(\|[a-z]+)+/)?.[0].split('|') ?? []
  return [...(name === 'help' ? verbNames : fixed), ...options.map((o) => `--${o.name}`), '--help']
}

/** What compgen is to look for beside the words, where a verb is about a file or a directory. */
function pathsOf(name: VerbName): string {
  const kinds: Record<string, string> = { PATH: ' paths=-f', DIR: ' paths=-d' }
  return kinds[spec(name).words] ?? ''
}

function optionsFor(value: 'DIR' | 'PATH'): string {
  const all = verbNames.flatMap((name) => spec(name).options)
  return [...new Set(all.filter((o) => o.value === value).map((o) => `--${o.name}`))].join(' | ')
}
