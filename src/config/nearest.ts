/** The known name that a misspelt one was probably meant to be. */

const lengthMax = 40

/** How many letters must be put in, left out, changed or swapped with their neighbour; enough: not less than that, if so. */
export function distance(a: string, b: string, enough = Number.POSITIVE_INFINITY): number {
  let before: number[] = []
  let above: number[] = []
  let row: number[] = []
  for (let j = 0; j <= b.length; j++) above.push(j)
  let leastAbove = 0
  for (let i = 1; i <= a.length; i++) {
    const [letter, last] = [a.charCodeAt(i - 1), a.charCodeAt(i - 2)]
    let least = i
    row[0] = i
    for (let j = 1; j <= b.length; j++) {
      const other = b.charCodeAt(j - 1)
      let steps = above[j - 1]! + (letter === other ? 0 : 1)
      if (above[j]! < steps) steps = above[j]! + 1
      if (row[j - 1]! < steps) steps = row[j - 1]! + 1
      const swapped = i > 1 && j > 1 && last === other && letter === b.charCodeAt(j - 2)
      if (swapped && before[j - 2]! < steps) steps = before[j - 2]! + 1
      row[j] = steps
      if (steps < least) least = steps
    }
    // From here on it only grows: the rest need not be counted.
    if (least >= enough && leastAbove + 1 >= enough) return enough
    leastAbove = least
    const spare = before
    before = above
    above = row
    row = spare
  }
  return above[b.length]!
}

/** One bit for each letter that occurs in it; letters far apart may share one. */
function letters(word: string): number {
  let bits = 0
  for (let i = 0; i < word.length; i++) bits |= 1 << (word.charCodeAt(i) & 31)
  return bits
}

function count(bits: number): number {
  let n = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) n++
  return n
}

/** The nearest of the names, letter case aside, or null if none is near enough to be meant. */
export function nearest(word: string, names: Iterable<string>): string | null {
  if (word.length > lengthMax) return null
  const wanted = word.toLowerCase()
  const has = letters(wanted)
  let best: string | null = null
  let least = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const name of names) {
    // So many letters have to be put in or left out at least.
    if (Math.abs(name.length - wanted.length) >= least) continue
    const lower = name.toLowerCase()
    const needs = letters(lower)
    // Each step makes up for one letter that only one of them has, at most for one of either.
    if (Math.max(count(has & ~needs), count(needs & ~has)) >= least) continue
    const steps = distance(wanted, lower, least)
    if (steps < least && steps < name.length) {
      best = name
      least = steps
    }
  }
  return best
}
