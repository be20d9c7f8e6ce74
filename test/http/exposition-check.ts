/** Checks text against the exposition format and the naming conventions; returns what is wrong, a sentence each. */
const NAME = /^hb_[a-z][a-z0-9]*(_[a-z0-9]+)*$/
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? (\S+)$/
const LABELS =
  /^([a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*")(,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*")*$/
const FOREIGN_UNITS = /_(ms|milliseconds|minutes|hours|percent|kb|kilobytes|time)(_|$)/

interface Declared {
  help: boolean
  type: string
}

export function checkExposition(text: string): string[] {
  const wrong: string[] = []
  const declared = new Map<string, Declared>()
  const series = new Set<string>()
  let current = ''
  if (!text.endsWith('\n')) wrong.push('the last line has no end')
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (line.startsWith('#')) current = comment(line, declared, wrong)
    else sample(line, current, declared, series, wrong)
  }
  return wrong
}

function comment(line: string, declared: Map<string, Declared>, wrong: string[]): string {
  const [, word, name = '', ...rest] = line.split(' ')
  const known = declared.get(name)
  if (word === 'HELP') {
    if (known !== undefined) wrong.push(`${name}: HELP twice`)
    if (rest.join(' ').trim() === '') wrong.push(`${name}: empty HELP`)
    if (!NAME.test(name)) wrong.push(`${name}: not a good name`)
    if (FOREIGN_UNITS.test(name) && !name.endsWith('_time_seconds')) wrong.push(`${name}: not a base unit`)
    declared.set(name, { help: true, type: '' })
  } else if (word === 'TYPE') {
    const type = rest.join(' ')
    if (known === undefined) wrong.push(`${name}: TYPE before HELP`)
    else if (known.type !== '') wrong.push(`${name}: TYPE twice`)
    else known.type = type
    if (type !== 'counter' && type !== 'gauge') wrong.push(`${name}: type ${type}`)
    if ((type === 'counter') !== name.endsWith('_total')) wrong.push(`${name}: a ${type} by that name`)
  } else wrong.push(`not HELP nor TYPE: ${line}`)
  return name
}

function sample(line: string, current: string, declared: Map<string, Declared>, series: Set<string>, wrong: string[]) {
  const match = SAMPLE.exec(line)
  if (match === null) {
    wrong.push(`not a sample: ${line}`)
    return
  }
  const [, name = '', braces, labels = '', value = ''] = match
  if (name !== current || declared.get(name)?.type === '') wrong.push(`${name}: a sample outside its family`)
  if (braces !== undefined && !LABELS.test(labels)) wrong.push(`${name}: labels ${labels}`)
  if (series.has(`${name}${braces ?? ''}`)) wrong.push(`${name}${braces ?? ''}: twice`)
  series.add(`${name}${braces ?? ''}`)
  if (!/^(NaN|[+-]Inf|-?\d+(\.\d+)?(e[+-]?\d+)?)$/.test(value)) wrong.push(`${name}: value ${value}`)
}
