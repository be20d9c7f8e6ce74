import { describe, expect, test } from 'bun:test'
import { problemText } from '../../src/config/read.ts'
import { read, right, said } from './helper.ts'

const withKeys = (text: string, mode = 0o600) => read({ authkeys: { text, mode } })
const keysOf = (text: string) => {
  const { signWith, keys } = right(withKeys(text)).keys
  return [signWith, [...keys].map(([n, k]) => `${n} ${k.method} ${new TextDecoder('latin1').decode(k.key)}`)]
}

describe('accepted', () => {
  test.each<[string, number, string[]]>([
    ['auth 1\n1 sha1 labsecret\n', 1, ['1 sha1 labsecret']],
    ['auth1\n1 md5 x', 1, ['1 md5 x']],
    ['auth 0\n0 crc\n', 0, ['0 crc ']],
    ['# c\n\n \t# d\nauth 15\n  15\tsha1\t"a#b"\r\n', 15, ['15 sha1 "a#b"']],
    ['auth 2\n1 sha1 a\n2 md5 b\n', 2, ['1 sha1 a', '2 md5 b']],
    ['auth 1\n1 sha1 secret # x\n', 1, ['1 sha1 secret']],
    ['auth 1\n1sha1 secret\n', 1, ['1 sha1 secret']],
    ['auth 1\n1 sha1 a\n1 md5 b\n', 1, ['1 md5 b']],
    ['auth 1\nauth 2\n1 sha1 a\n2 md5 b\n', 2, ['1 sha1 a', '2 md5 b']],
    [`auth 1\n1 sha1 ${'k'.repeat(100)}\n`, 1, [`1 sha1 ${'k'.repeat(100)}`]],
  ])('%p', (text, signWith, keys) => expect(keysOf(text)).toEqual([signWith, keys]))

  test('a key keeps every byte', () => {
    const key = right(withKeys('auth 1\n1 sha1 \x80\xff\x01\xa0\xe4\n')).keys.keys.get(1)?.key
    expect([...(key ?? [])]).toEqual([0x80, 0xff, 0x01, 0xa0, 0xe4])
  })
})

describe('problems', () => {
  test.each([
    ['', "authkeys:0:0 error '': nothing says which key signs"],
    ['1 sha1 hush\n', "authkeys:0:0 error '': nothing says which key signs"],
    ['auth 1\n', "authkeys:1:1 error '': there is no key 1"],
    ['auth 2\n1 sha1 hush\n', "authkeys:1:1 error '': there is no key 2"],
    ['1 sha1 hush\nauth 1\n', "authkeys:2:1 error '': auth 1 stands behind key 1"],
    ['auth 1\n1 crc # x\n', "authkeys:2:7 error '': crc takes no key, and a comment needs its own line"],
    ['auth 1\n1 sha1\n', "authkeys:2:7 error '': the key is missing"],
    ['auth 1\n1\n', "authkeys:2:2 error '': the method is missing"],
    ['auth 1\n1 sha256 hush\n', "authkeys:2:3 error '': unknown method"],
    ['auth 1\n1 hush\n', "authkeys:2:3 error '': unknown method"],
    ['auth 16\n16 sha1 hush\n', "authkeys:1:1 error '': the number of the key is out of range"],
    ['auth 1\n  99 sha1 hush\n', "authkeys:2:3 error '': the number of the key is out of range"],
    ['auth 1\nsha1 hush\n', "authkeys:2:1 error '': the line begins with neither auth nor a number"],
    ['auth x\n', "authkeys:1:1 error '': a line that begins with a must say which key signs"],
    ['hush\n', "authkeys:1:1 error '': the line begins with neither auth nor a number"],
    ['auth 1 # x\n1 sha1 hush\n', "authkeys:1:1 warning '': text behind the number is ignored"],
    ['auth 1\n1 sha1 hush hush\n', "authkeys:2:13 warning '': text behind the key is ignored"],
    ['auth 1\n1 crc\n', "authkeys:2:3 warning 'crc': crc protects against line noise only, not against people"],
    ['auth 1\n1 sha1 a\n1 md5 b\n', "authkeys:3:1 warning '': key 1 stands in line 2 already; the last one counts"],
    ['auth 1\nauth 2\n2 md5 b\n', "authkeys:2:1 warning '': auth stands in line 1 already; the last one counts"],
  ])('%p', (text, expected) => {
    expect(said(withKeys(text).problems)).toContain(expected)
  })

  test.each([
    [0o644, 'group or others may read the keys (mode 0644)'],
    [0o640, 'group or others may read the keys (mode 0640)'],
    [0o604, 'group or others may read the keys (mode 0604)'],
  ])('mode %p is refused', (mode, message) => {
    const { config, problems } = withKeys('auth 1\n1 sha1 hush\n', 0o100000 | mode)
    expect(config).toBeNull()
    expect(problems[0]).toMatchObject({ message, line: 0, remedy: 'type: chmod 600 authkeys' })
  })

  test.each([0o600, 0o400, 0o622, 0o711, 0o700])('mode %p is accepted', (mode) => {
    expect(withKeys('auth 1\n1 sha1 hush\n', mode).problems).toEqual([])
  })

  test('no problem shows a word of the file', () => {
    const lines = ['1 sha1 hush', 'hush', '1 hush', 'hush sha1', 'sha1 hush', '1 crc hush', 'auth hush', 'auth1 hush']
    const more = ['1 sha1 hush hush', '77 sha1 hush', 'hush hush hush', 'a hush', '1 sha2 hush']
    for (const line of [...lines, ...more]) {
      for (const problem of withKeys(`auth 1\n${line}\n${line}\n`, 0o644).problems) {
        expect(`${JSON.stringify(problem)} ${problemText(problem)}`).not.toContain('hush')
      }
    }
  })
})
