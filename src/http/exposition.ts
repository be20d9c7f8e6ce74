/** The text format of Prometheus, version 0.0.4. */

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly samples: readonly Sample[]
}

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * The families as text. Of two families of one name, or two samples with the same labels, the first is kept: a
 * repetition would make Prometheus refuse the whole answer. A family without samples is left out.
 */
export function exposition(families: readonly Family[]): string {
  const names = new Set<string>()
  const lines: string[] = []
  for (const family of families) {
    if (family.samples.length === 0 || names.has(family.name)) continue
    names.add(family.name)
    const seen = new Set<string>()
    lines.push(`# HELP ${family.name} ${escapeHelp(family.help)}`, `# TYPE ${family.name} ${family.type}`)
    for (const sample of family.samples) {
      const series = `${family.name}${labelText(sample.labels)}`
      if (seen.has(series)) continue
      seen.add(series)
      lines.push(`${series} ${valueText(sample.value)}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escapeHelp = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
const escapeLabel = (text: string) => escapeHelp(text).replaceAll('"', '\\"')

function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return String(value)
}

/** A gauge of one sample without labels. */
export const gauge = (name: string, help: string, value: number): Family => gauges(name, help, [{ labels: {}, value }])

export const gauges = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name,
  type: 'gauge',
  help,
  samples,
})

export const counters = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name,
  type: 'counter',
  help,
  samples,
})

/** One sample a state, 1 for the one that is and 0 for the others. */
export function oneHot(
  labels: Readonly<Record<string, string>>,
  label: string,
  states: readonly string[],
  current: string,
): Sample[] {
  return states.map((state) => ({ labels: { ...labels, [label]: state }, value: state === current ? 1 : 0 }))
}

/** A yes or no as a value. */
export const bit = (yes: boolean): 0 | 1 => (yes ? 1 : 0)
