/** Datagrams for both daemons: a status that is right but for one thing, named; or spoilt by chance and signed anew. */
import { deflateSync } from 'node:zlib'
import type { AuthKey, KeyRing } from '../../../src/config/types.ts'
import type { Dice } from '../../../src/sim/dice.ts'
import { digest as digestBy } from '../../../src/wire/digest.ts'

export const secret = 's3cret'
const key = (method: AuthKey['method'], text: string): AuthKey => ({ method, key: Buffer.from(text) })
export const authkeys = `auth 1\n1 sha1 ${secret}\n2 md5 ${secret}\n3 crc\n4 sha1 other\n`
export const ring: KeyRing = {
  signWith: 1,
  keys: new Map([
    [1, key('sha1', secret)],
    [2, key('md5', secret)],
    [3, key('crc', '')],
    [4, key('sha1', 'other')],
  ]),
}

/** The node that seems to speak, and which of its lives it is. */
export interface Speaker {
  readonly name: string
  readonly generation: number
}

type Pair = readonly [name: string, value: string, type?: number]

export const uuidOf = (name: string) => name.padEnd(16, 'u').slice(0, 16)

export function fields({ name, generation }: Speaker, st: string): Pair[] {
  return [
    ['t', 'status'],
    ['st', st],
    ['dt', '493e0'],
    ['protocol', '1'],
    ['src', name],
    ['srcuuid', uuidOf(name), 1],
    ['seq', '1'],
    ['hg', generation.toString(16)],
    ['ts', Math.floor(Date.now() / 1000).toString(16)],
    ['ld', '0.00 0.01 0.05 1/123 4567'],
    ['ttl', '3'],
  ]
}

const item = (content: string) => `${content.length}:${content},`
const itemOf = ([name, value, type = 0]: Pair) => item(`(${type})${name}=${value}`)
const body = (items: string) => `###\n${items}%%%\n`
const digest = (number: number, text: string) => digestBy(ring.keys.get(number)!, Buffer.from(text, 'latin1'))
export const signed = (text: string, number = 1) => `${text}${item(`${number} ${digest(number, text)}`)}`
export const netstring = (pairs: readonly Pair[]) => signed(body(pairs.map(itemOf).join('')))

const lineOf = ([name, value, type = 0]: Pair) =>
  type === 0 ? `${name}=${value}\n` : `(${type})${name}=${Buffer.from(value, 'latin1').toString('base64')}\n`
const classicOf = (lines: string, number = 1) => `>>>\n${lines}auth=${number} ${digest(number, lines)}\n<<<\n`
const lines = (pairs: readonly Pair[]) => pairs.map(lineOf).join('')

/** The right message of a speaker: both daemons must take it in. */
export const plain = (speaker: Speaker, st: string) => netstring(fields(speaker, st))

type Make = (speaker: Speaker) => string

const status = (speaker: Speaker) => fields(speaker, 'active')
const change = (name: string, value: string, type?: number): Make => {
  return (speaker) => netstring(status(speaker).map((p) => (p[0] === name ? [name, value, type ?? p[2]] : p) as Pair))
}
const without = (...names: string[]): Make => {
  return (speaker) => netstring(status(speaker).filter(([name]) => !names.includes(name)))
}
const adding =
  (...pairs: Pair[]): Make =>
  (speaker) =>
    netstring([...status(speaker), ...pairs])
const leading =
  (...pairs: Pair[]): Make =>
  (speaker) =>
    netstring([...pairs, ...status(speaker)])
const text = (speaker: Speaker) => body(status(speaker).map(itemOf).join(''))
const edited =
  (edit: (items: string) => string): Make =>
  (s) =>
    signed(body(edit(status(s).map(itemOf).join(''))))
const signature =
  (make: (text: string) => string): Make =>
  (s) =>
    `${text(s)}${make(text(s))}`
const classic =
  (edit: (lines: string) => string = (l) => l): Make =>
  (s) =>
    classicOf(edit(lines(status(s))))

/** Everything by name. What may end the reading process of a heartbeat stands in `deadly`. */
export const named: Readonly<Record<string, Make>> = {
  'as heartbeat sends it': adding(),
  'with an inner auth that is wrong': adding(['auth', `1 ${'0'.repeat(40)}`]),
  'without srcuuid': without('srcuuid'),
  'without dt': without('dt'),
  'without protocol': without('protocol'),
  'without ld': without('ld'),
  'without ttl': without('ttl'),
  'without ts': without('ts'),
  'without hg': without('hg'),
  'without seq': without('seq'),
  'without st': without('st'),
  'without t': without('t'),
  'without src': without('src'),
  'fields in reverse order': (s) => netstring(status(s).toReversed()),
  'ts of an hour ago': change('ts', Math.floor(Date.now() / 1000 - 3600).toString(16)),
  'ts in ten years': change('ts', Math.floor(Date.now() / 1000 + 315_360_000).toString(16)),
  'ts 0': change('ts', '0'),
  'ts empty': change('ts', ''),
  'ts not hexadecimal': change('ts', 'zz'),
  'ts negative': change('ts', '-1'),
  'ts with 0x': change('ts', '0x65a1b3ff'),
  'ts in upper case': change('ts', '65A1B3FF'),
  'ts with a tail': change('ts', '65a1b3ff zz'),
  'ts beyond 64 bits': change('ts', 'f'.repeat(20)),
  'seq 5': change('seq', '5'),
  'seq 0': change('seq', '0'),
  'seq empty': change('seq', ''),
  'seq not hexadecimal': change('seq', 'xyz'),
  'seq with a tail': change('seq', '1 x'),
  'seq with 0x': change('seq', '0x1'),
  'seq in upper case': change('seq', 'A'),
  'seq with zeros': change('seq', '0001'),
  'seq with a blank': change('seq', ' 1'),
  'seq negative': change('seq', '-1'),
  'seq of 32 bits': change('seq', 'ffffffff'),
  'seq of 48 bits': change('seq', 'ffffffffffff'),
  'hg 0': change('hg', '0'),
  'hg empty': change('hg', ''),
  'hg not hexadecimal': change('hg', 'xyz'),
  'hg with a tail': (s) => change('hg', `${s.generation.toString(16)} x`)(s),
  'hg with 0x': (s) => change('hg', `0x${s.generation.toString(16)}`)(s),
  'hg in upper case': (s) => change('hg', s.generation.toString(16).toUpperCase())(s),
  'hg of an earlier life': (s) => change('hg', (s.generation - 5).toString(16))(s),
  'dt 0': change('dt', '0'),
  'dt empty': change('dt', ''),
  'dt not hexadecimal': change('dt', 'xyz'),
  'dt negative': change('dt', '-5'),
  'dt of an hour': change('dt', '36ee80'),
  'dt of 64 bits': change('dt', 'f'.repeat(16)),
  'protocol 2': change('protocol', '2'),
  'protocol not a number': change('protocol', 'x'),
  'ttl 0': change('ttl', '0'),
  'ttl -1': change('ttl', '-1'),
  'st empty': change('st', ''),
  'st in upper case': change('st', 'ACTIVE'),
  'st unknown': change('st', 'sleepy'),
  'st of 40 bytes': change('st', 'x'.repeat(40)),
  'st dead': change('st', 'dead'),
  't in upper case': change('t', 'STATUS'),
  't unknown': change('t', 'nosuch'),
  'src in upper case': (s) => change('src', s.name.toUpperCase())(s),
  'src unknown, a known srcuuid': change('src', 'stranger'),
  'src with a blank behind it': (s) => change('src', `${s.name} `)(s),
  'srcuuid of another node': (s) => change('srcuuid', uuidOf(s.name === 'c00' ? 'c01' : 'c00'))(s),
  'srcuuid of 15 bytes': change('srcuuid', 'u'.repeat(15)),
  'srcuuid of 17 bytes': change('srcuuid', 'u'.repeat(17)),
  'srcuuid empty': change('srcuuid', ''),
  'srcuuid of zeros': change('srcuuid', '\0'.repeat(16)),
  'srcuuid as text': (s) => change('srcuuid', uuidOf(s.name), 0)(s),
  'dest unknown': adding(['dest', 'stranger']),
  'dest empty': adding(['dest', '']),
  'destuuid of zeros': adding(['destuuid', '\0'.repeat(16), 1]),
  'destuuid of somebody': adding(['destuuid', 'x'.repeat(16), 1]),
  'destuuid of 3 bytes': adding(['destuuid', 'xxx', 1]),
  'st twice, active first': adding(['st', 'up']),
  'st twice, up first': leading(['st', 'up']),
  'src twice, a stranger last': adding(['src', 'stranger']),
  'hg twice, a later life last': adding(['hg', 'fffffff']),
  'an unknown field': adding(['x-lab', 'hello']),
  'an unknown field without a value': adding(['x-lab', '']),
  'an unknown field of bytes': adding(['x-lab', '\0\x01\x02', 1]),
  'a list': adding(['x-lab', '3:abc,4:defg,', 3]),
  'a nested message': adding(['x-lab', body(itemOf(['a', 'b'])), 2]),
  'a value with an equals sign': adding(['x-lab', 'a=b=c']),
  'a value with a newline': adding(['x-lab', 'a\nb']),
  'a value with 0x13': adding(['x-lab', 'a\x13b']),
  'a value with bytes above 127': adding(['x-lab', '\xe4\xff']),
  'a value of 1000 bytes': adding(['x-lab', 'x'.repeat(1000)]),
  'a value of 20000 bytes': adding(['x-lab', 'x'.repeat(20_000)]),
  'a value of 60000 bytes': adding(['x-lab', 'x'.repeat(60_000)]),
  'a name of 100 bytes': adding(['n'.repeat(100), '1']),
  'a name of 200 bytes': adding(['n'.repeat(200), '1']),
  'a name with a blank': adding(['x lab', '1']),
  'a name with a control character': adding(['x\x01lab', '1']),
  '100 fields more': adding(...Array.from({ length: 100 }, (_, i): Pair => [`x${i}`, '1'])),
  '300 fields more': adding(...Array.from({ length: 300 }, (_, i): Pair => [`x${i}`, '1'])),
  'lengths with zeros before': edited((items) => items.replace(/^(\d+):/, '00$1:')),
  'a length with a blank before': edited((items) => ` ${items}`),
  'a length with a sign': edited((items) => `+${items}`),
  'something between length and colon': edited((items) => items.replace(':', ' x:')),
  'a length that is too short': edited((items) => items.replace(/^\d+/, (n) => String(Number(n) - 1))),
  'a length that is too long': edited((items) => items.replace(/^\d+/, (n) => String(Number(n) + 1))),
  'a length beyond the datagram': edited((items) => items.replace(/^\d+/, '9999')),
  'a semicolon for the comma': edited((items) => items.replace(',', ';')),
  'a newline between fields': edited((items) => items.replace(',', ',\n')),
  'two end marks': (s) => signed(`${text(s)}%%%\n`),
  'nothing in it': () => signed(body('')),
  'no signature': text,
  'the signature of key 2, md5': (s) => signed(text(s), 2),
  'the signature of key 3, crc': (s) => signed(text(s), 3),
  'the signature of key 4, another text': (s) => signed(text(s), 4),
  'a signature of nothing': signature(() => item('')),
  'a signature in upper case': signature((t) => item(`1 ${digest(1, t).toUpperCase()}`)),
  'a signature with key number 01': signature((t) => item(`01 ${digest(1, t)}`)),
  'a signature with two blanks': signature((t) => item(`1  ${digest(1, t)}`)),
  'a signature with a blank before': signature((t) => item(` 1 ${digest(1, t)}`)),
  'a signature with a tail': signature((t) => item(`1 ${digest(1, t)} x`)),
  'a signature with key number 9': signature((t) => item(`9 ${digest(1, t)}`)),
  'a signature with key number 16': signature((t) => item(`16 ${digest(1, t)}`)),
  'a signature with key number -1': signature((t) => item(`-1 ${digest(1, t)}`)),
  'a signature cut by a digit': signature((t) => item(`1 ${digest(1, t).slice(0, -1)}`)),
  'a signature with a digit more': signature((t) => item(`1 ${digest(1, t)}0`)),
  'a signature with a wrong digit': signature((t) =>
    item(`1 ${digest(1, t).replace(/.$/, (c) => (c === '0' ? '1' : '0'))}`),
  ),
  'a signature without its comma': signature((t) => item(`1 ${digest(1, t)}`).slice(0, -1)),
  'bytes behind the signature': signature((t) => `${item(`1 ${digest(1, t)}`)}rubbish`),
  'NUL behind the signature': signature((t) => `${item(`1 ${digest(1, t)}`)}\0`),
  'a second message behind the signature': (s) => plain(s, 'active') + plain(s, 'up'),
  'other bytes in front': (s) => `x${plain(s, 'active')}`,
  'text form': classic(),
  'text form with NUL': (s) => `${classic()(s)}\0`,
  'text form without srcuuid': (s) => classicOf(lines(status(s).filter(([n]) => n !== 'srcuuid'))),
  'text form, key 4, another text': (s) => classicOf(lines(status(s)), 4),
  'text form with empty lines': classic((l) => l.replaceAll('\n', '\n\n')),
  'text form with lines as on DOS': classic((l) => l.replaceAll('\n', '\r\n')),
  'text form with a line that is none': classic((l) => `${l}rubbish\n`),
  'text form without its end': (s) => classic()(s).slice(0, -4),
  'text form without auth': (s) => `>>>\n${lines(status(s))}<<<\n`,
  'text form with auth in front': (s) => {
    const all = lines(status(s))
    return `>>>\nauth=1 ${digest(1, all)}\n${all}<<<\n`
  },
  'text form with auth twice': (s) => {
    const all = lines(status(s))
    return `>>>\nauth=1 ${digest(1, all)}\n${all}auth=1 ${digest(1, all)}\n<<<\n`
  },
  'text form with a wrong digest': (s) => classic()(s).replace('st=active', 'st=actiVe'),
  'text form between the marks of the other': (s) => `###\n${lines(status(s))}%%%\n`,
  'compressed by zlib': (s) =>
    netstring([
      ['_compressed_payload', deflateSync(`>>>\n${lines(status(s))}<<<\n\0`).toString('latin1'), 1],
      ['_compression_algorithm', 'zlib'],
    ]),
  'compressed by nobody knows what': (s) =>
    netstring([
      ['_compressed_payload', deflateSync(`>>>\n${lines(status(s))}<<<\n\0`).toString('latin1'), 1],
      ['_compression_algorithm', 'lzo'],
    ]),
  'compressed rubbish': () =>
    netstring([
      ['_compressed_payload', 'rubbish', 1],
      ['_compression_algorithm', 'zlib'],
    ]),
}

/** What may end a heartbeat, rightly signed or not; each is sent alone. */
export const deadly: Readonly<Record<string, Make>> = {
  'a field without its type': edited((items) => `${item('x=1')}${items}`),
  'a field of type 7': adding(['x-lab', '1', 7]),
  'a field of type 7, signed by nobody': (s) =>
    `${body(itemOf(['x-lab', '1', 7]) + status(s).map(itemOf).join(''))}${item(`1 ${'0'.repeat(40)}`)}`,
  'a field without an equals sign': edited((items) => `${item('(0)x')}${items}`),
  'a field without a name': edited((items) => `${item('(0)=1')}${items}`),
  'a name that begins with a mark': adding(['<<<x', '1']),
  'a text that holds NUL': adding(['x-lab', 'a\0b']),
  'no end mark': (s) => signed(text(s).slice(0, -4)),
  'a list that is none': adding(['x-lab', 'abc', 3]),
  'a nested message that is none': adding(['x-lab', 'abc', 2]),
}

const pieces = [
  '0',
  '9',
  'f',
  'ff',
  ' ',
  '-',
  'x',
  '=',
  ',',
  ':',
  '(0)',
  '(1)',
  '\n',
  '\xff',
  'src=',
  'up',
  '###\n',
  '%%%\n',
]

/** A right message with one to three bytes or pieces changed inside its fields, its lengths made right and signed anew. */
export function spoilt(dice: Dice): Make {
  const edits = Array.from({ length: dice.between(1, 3) }, () => ({
    field: dice.between(0, 10),
    at: dice.unit(),
    how: dice.between(0, 2),
    put: dice.pick(pieces),
    inName: dice.chance(15),
  }))
  return (speaker) => {
    const pairs = status(speaker).map((p) => [...p] as [string, string, number?])
    for (const { field, at, how, put, inName } of edits) {
      const pair = pairs[field]!
      const place = inName ? 0 : 1
      const old = pair[place]
      const from = Math.floor(at * (old.length + 1))
      pair[place] =
        how === 0
          ? old.slice(0, from) + put + old.slice(from)
          : old.slice(0, from) + (how === 1 ? put : '') + old.slice(from + 1)
    }
    // A field without a name is for the list above.
    return netstring(pairs.filter(([name]) => name !== '' && !name.startsWith('=')))
  }
}

/** The bytes of a right datagram changed without signing anew. */
export function broken(dice: Dice): Make {
  const [at, put, cut] = [dice.unit(), dice.pick(pieces), dice.chance(50)]
  return (speaker) => {
    const right = plain(speaker, 'active')
    const from = Math.floor(at * right.length)
    return right.slice(0, from) + put + right.slice(from + (cut ? 1 : 0))
  }
}
