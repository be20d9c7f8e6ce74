/** Inputs made of right ones: what a specimen becomes when it is cut, doubled, crossed with another and written over. */
import fc from 'fast-check'

/** One change: what is done, where, how far it reaches, and what is put there. All are taken modulo what there is. */
type Edit = readonly [what: number, place: number, reach: number, word: number]

interface Recipe {
  readonly specimen: number
  readonly edits: readonly Edit[]
}

const NUMBERS = [
  '0',
  '-1',
  '1',
  '9',
  '255',
  '256',
  '65535',
  '65536',
  '2147483648',
  '4294967296',
  '1e9',
  '99999999999999',
]
const MARKS = [
  '\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  ',',
  ':',
  '=',
  '"',
  '\\',
  '#',
  '%',
  '(',
  ')',
  '<',
  '>',
  '\x14',
  '\xff',
  '::',
]

/** Texts of one character a byte; words are what the grammar under test consists of. */
export class Mutator {
  private readonly words: readonly string[]

  constructor(
    private readonly specimens: readonly string[],
    words: readonly string[],
    private readonly bytesMax: number,
  ) {
    this.words = [...words, ...NUMBERS, ...MARKS]
  }

  /** Inputs by chance; a failing one shrinks to fewer changes. */
  get inputs(): fc.Arbitrary<string> {
    return recipe.map((r) => this.make(r))
  }

  private make({ specimen, edits }: Recipe): string {
    let text = this.specimens[specimen % this.specimens.length]!
    for (const edit of edits) text = this.edit(text, edit)
    return text.length > this.bytesMax ? text.slice(0, this.bytesMax) : text
  }

  private edit(text: string, [what, place, reach, word]: Edit): string {
    const from = place % (text.length + 1)
    const to = Math.min(text.length, from + (reach % (reach % 5 === 0 ? 200 : 12)))
    const put = this.words[word % this.words.length]!
    switch (what % 9) {
      case 0:
        return text.slice(0, from) + String.fromCharCode(word & 255) + text.slice(from + 1)
      case 1:
        return text.slice(0, from) + text.slice(to)
      case 2:
        return text.slice(0, to) + text.slice(from)
      case 3:
        return text.slice(0, from) + put + text.slice(from)
      case 4:
        return text.slice(0, from) + put + text.slice(to)
      case 5:
        return reach % 4 === 0
          ? text.slice(0, from)
          : text.slice(0, from) + text.slice(from, to).repeat(word % 64) + text.slice(to)
      case 6:
        return text.slice(0, from) + this.specimens[word % this.specimens.length]!.slice(reach % 300)
      case 7:
        return this.number(text, from, word)
      default:
        return text.slice(0, from) + put.repeat(1 + (reach % 40)) + text.slice(to)
    }
  }

  /** The next number in the text becomes another one: lengths and times are where readers trust too much. */
  private number(text: string, from: number, word: number): string {
    const at = text.slice(from).search(/\d/)
    if (at < 0) return text
    const [digits] = /^\d+/.exec(text.slice(from + at))!
    const other = word % 3 === 0 ? String(Number(digits) + (word % 7) - 3) : NUMBERS[word % NUMBERS.length]!
    return text.slice(0, from + at) + other + text.slice(from + at + digits.length)
  }
}

const edit: fc.Arbitrary<Edit> = fc.tuple(fc.nat(8), fc.nat(8191), fc.nat(4095), fc.nat(4095))

const recipe: fc.Arbitrary<Recipe> = fc.record(
  { specimen: fc.nat(63), edits: fc.array(edit, { maxLength: 6 }) },
  { noNullPrototype: true },
)
