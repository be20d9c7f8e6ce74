import { expect, test } from 'bun:test'
import { PT_DYNAMIC, PT_INTERP } from '../../src/launcher/elf.ts'
import { verify } from '../../src/launcher/verify.ts'
import { elf, segment, shared, stack } from './files.ts'

const good = segment({ address: 0x200000 })

test('an executable as it must be', () => {
  expect(verify(elf('hb', [good, stack], 0x200010))).toEqual([])
})

const wrong: [string, ReturnType<typeof elf>, RegExp][] = [
  ['no address', shared('hb', [good], 0x200010), /no fixed address/],
  ['an interpreter', elf('hb', [good, segment({ type: PT_INTERP })], 0x200010), /asks for an interpreter/],
  ['a dynamic section', elf('hb', [good, segment({ type: PT_DYNAMIC })], 0x200010), /dynamically linked/],
  ['off the page', elf('hb', [segment({ address: 0x200010 })], 0x200010), /at 0x200010 does not begin on a page/],
  ['memory without bytes', elf('hb', [segment({ address: 0x200000, memoryBytes: 9000 })], 0x200010), /not in the file/],
  ['an overlap', elf('hb', [good, good], 0x200010), /lies on the one before it/],
  ['writable code', elf('hb', [segment({ address: 0x200000, flags: 7 })], 0x200010), /both writable and executable/],
  ['an entry outside', elf('hb', [good], 0x300000), /entry is in no executable segment/],
  ['an entry in data', elf('hb', [segment({ address: 0x200000, flags: 4 })], 0x200010), /entry is in no executable/],
]
for (const [name, file, words] of wrong) {
  test(`${name} is found`, () => expect(verify(file).join('; ')).toMatch(words))
}
