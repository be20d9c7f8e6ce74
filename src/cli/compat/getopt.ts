/** Short options as the C library reads them: anywhere among the words, several behind one dash, `--` ends them. Pure. */
export interface Options {
  readonly given: ReadonlyMap<string, string>
  readonly words: readonly string[]
  /** What the C library would complain about, in its words behind the program's name; in order. */
  readonly complaints: readonly string[]
}

/** known: each letter that is one, followed by a colon if it has a value. */
export function getopt(argv: readonly string[], known: string): Options {
  const given = new Map<string, string>()
  const words: string[] = []
  const complaints: string[] = []
  const rest = [...argv]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      words.push(...rest)
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      words.push(arg)
      continue
    }
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i]!
      const at = letter === ':' ? -1 : known.indexOf(letter)
      if (at < 0) complaints.push(`invalid option -- '${letter}'`)
      else if (known[at + 1] !== ':') given.set(letter, '')
      else {
        const value = i + 1 < arg.length ? arg.slice(i + 1) : rest.shift()
        if (value === undefined) complaints.push(`option requires an argument -- '${letter}'`)
        else given.set(letter, value)
        break
      }
    }
  }
  return { given, words, complaints }
}
