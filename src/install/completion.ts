import { spec, type VerbName, verbNames } from '../cli/verbs.ts'
import { MARK } from './mark.ts'

/** Completion of hb's verbs, options and fixed words for bash, made from the table of verbs. */
export function bashCompletion(): string {
  const cases = verbNames.map((name) => `    ${name}) words='${wordsOf(name).join(' ')}' ;;`).join('\n')
  return `# ${MARK}
# shellcheck shell=bash
_hb() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '${verbNames.join(' ')}' -- "$word")
    return
  fi
  case $before in
    ${directoryOptions().join(' | ')})
      mapfile -t COMPREPLY < <(compgen -d -- "$word")
      return
      ;;
  esac
  case \${COMP_WORDS[1]} in
${cases}
    *) words= ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _hb hb
`
}

function wordsOf(name: VerbName): string[] {
  const { choices = [], options } = spec(name)
  const words = name === 'help' ? verbNames : choices
  return [...words, ...options.map((o) => `--${o.name}`), '--help']
}

function directoryOptions(): string[] {
  const all = verbNames.flatMap((name) => spec(name).options)
  return [...new Set(all.filter((o) => o.value === 'DIR').map((o) => `--${o.name}`))]
}
