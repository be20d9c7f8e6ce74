/** Text in lines that fit a terminal of 80 columns. */
export const WIDTH = 80

/**
 * The text broken at blanks: the first line begins with lead, the others with as many blanks (or hang of them). A word
 * that is longer than a line stands alone and is not broken, so that it can be copied.
 */
export function wrap(text: string, lead = '', hang = lead.length): string {
  const lines: string[] = []
  let line = lead
  let empty = true
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = ' '.repeat(hang)
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line].join('\n')
}

/** Rows of two columns; the second is wrapped, and begins on a line of its own where the first leaves no room. */
export function columns(rows: readonly (readonly [string, string])[], indent = 2, leftMax = 26): string {
  const width = Math.min(leftMax, Math.max(0, ...rows.map(([left]) => left.length)))
  const pad = ' '.repeat(indent)
  return rows
    .map(([left, right]) => {
      const hang = indent + width + 2
      if (left.length <= width) return wrap(right, `${pad}${left.padEnd(width)}  `, hang)
      return `${pad}${left}\n${wrap(right, ' '.repeat(hang))}`
    })
    .join('\n')
}
