import { describe, expect, test } from 'bun:test'
import { haresourcesSum, looksLikeIPv4, parseHaresources } from '../../src/config/haresources.ts'
import { ProblemList } from '../../src/config/problem.ts'
import { messages, read, readWith, right, said } from './helper.ts'

const groups = (text: string) => parseHaresources('haresources', text, new ProblemList())
const problems = (haresources: string) => said(read({ haresources }).problems)

describe('words', () => {
  test.each<[string, string, string[]]>([
    ['httpd', 'httpd', []],
    ['labrsc::a', 'labrsc', ['a']],
    ['Filesystem::/dev/sda1::/mnt::ext4', 'Filesystem', ['/dev/sda1', '/mnt', 'ext4']],
    ['OCF::apache::web', 'OCF', ['apache', 'web']],
    ['MailTo::root@example.org::Subject', 'MailTo', ['root@example.org', 'Subject']],
    ['10.0.0.1', 'IPaddr', ['10.0.0.1']],
    ['10.0.0.1/24/eth0/10.0.0.255', 'IPaddr', ['10.0.0.1/24/eth0/10.0.0.255']],
    ['IPaddr::10.0.0.1/24', 'IPaddr', ['10.0.0.1/24']],
    ['IPaddr2::10.0.0.1/24/eth0:1', 'IPaddr2', ['10.0.0.1/24/eth0:1']],
    ['2001:db8::1', 'IPv6addr', ['2001:db8::1']],
    ['2001:db8::1/64/eth0', 'IPv6addr', ['2001:db8::1/64/eth0']],
    ['fe80:0:0:0:0:0:0:1', 'IPv6addr', ['fe80:0:0:0:0:0:0:1']],
    ['IPv6addr::2001:db8::1/64/eth0', 'IPv6addr', ['2001:db8::1/64/eth0']],
    ['IPv6addr::::1', 'IPv6addr', ['::1']],
    ['IPaddr2::2001:db8::1', 'IPaddr2', ['2001:db8::1']],
    ['x::', 'x', ['']],
  ])('%s', (word, script, args) => {
    expect(groups(`alpha ${word}\n`)[0]?.resources[0]).toMatchObject({ text: word, script, args })
  })

  test.each([
    ['1.2.3.4', true],
    ['1a.2b.3c.4d', true],
    ['1.2.3', false],
    ['a1.2.3.4', false],
    ['1..2.3.4', true],
    ['1.a.2.3.4', true],
    ['1.a.b.c', false],
    ['1'.repeat(5000), false],
    ['1.'.repeat(2500), true],
  ])('%s looks like an IPv4 address: %p', (word, expected) => expect(looksLikeIPv4(word)).toBe(expected))
})

describe('lines', () => {
  test('are groups with their owner in lower case, their key and their place', () => {
    const [first, second] = groups('# comment\n\n Alpha a b # c\nbeta\td\n')
    expect(first).toMatchObject({ owner: 'alpha', key: 'a', file: 'haresources', line: 3, column: 2 })
    expect(first?.resources.map((r) => [r.text, r.line, r.column])).toEqual([
      ['a', 3, 8],
      ['b', 3, 10],
    ])
    expect(second).toMatchObject({ owner: 'beta', key: 'd', line: 4, column: 1 })
  })

  test('that end in a backslash go on, and words keep their own place', () => {
    const [group] = groups('alpha a \\\n  b \\\n\tc\nbeta d\n')
    expect(group?.resources.map((r) => [r.text, r.line, r.column])).toEqual([
      ['a', 1, 7],
      ['b', 2, 3],
      ['c', 3, 2],
    ])
  })

  test('a backslash in a comment does not continue the line', () => {
    expect(groups('alpha a # x \\\nbeta b\n').map((g) => g.owner)).toEqual(['alpha', 'beta'])
  })

  test('a comment on a continuation line is no resource, but heartbeat would think so', () => {
    const text = 'alpha 10.0.0.1 \\\n  10.0.0.2 # both\n'
    expect(groups(text)[0]?.resources).toHaveLength(2)
    expect(problems(text)).toEqual([
      "haresources:2:12 warning '#': a comment on a continuation line: hb ignores it, heartbeat takes its words for resources",
    ])
  })

  test('DOS line ends are taken off, with one warning', () => {
    const text = 'alpha 10.0.0.1 \\\r\n 10.0.0.2\r\nbeta 10.0.0.3\r\n'
    expect(groups(text).map((g) => g.resources.map((r) => r.text))).toEqual([['10.0.0.1', '10.0.0.2'], ['10.0.0.3']])
    expect(problems(text)).toEqual([
      "haresources:1:17 warning '': lines end as on DOS, which heartbeat takes for part of the last word",
    ])
  })
})

describe('problems', () => {
  test.each([
    ['gamma 10.0.0.1', "haresources:1:1 error 'gamma': no node directive in ha.cf names this node"],
    ['alpha', "haresources:1:1 warning 'alpha': a node without resources: the line is ignored"],
    ['alpha,10.0.0.1', "haresources:1:1 error 'alpha,10.0.0.1': no node directive in ha.cf names this node"],
    ['alpha a \\ ', "haresources:1:9 error '\\': a backslash that is not the last character"],
    ['alpha a \\', "haresources:1:9 warning '\\': the last line is to be continued, but nothing follows"],
    ['alpha a\nbeta a', "haresources:2:6 error 'a': line 1 begins with the same resource"],
    [
      'alpha 10.0.0.1\nbeta IPaddr2::10.0.0.1/24',
      "haresources:2:6 error 'IPaddr2::10.0.0.1/24': the address stands in line 1 already",
    ],
    ['alpha a 10.0.0.1 10.0.0.1/24', "haresources:1:18 error '10.0.0.1/24': the address stands in line 1 already"],
    [
      'alpha 2001:db8::1\nbeta IPv6addr::2001:db8:0:0:0:0:0:1/64',
      "haresources:2:6 error 'IPv6addr::2001:db8:0:0:0:0:0:1/64': the address stands in line 1 already",
    ],
    ['alpha 10.0.0.300', "haresources:1:7 error '10.0.0.300': not an IPv4 or IPv6 address"],
    ['alpha IPaddr', "haresources:1:7 error 'IPaddr': not an IPv4 or IPv6 address"],
    ['alpha IPaddr::10.0.0.1/24::eth0', "haresources:1:7 error 'IPaddr::10.0.0.1/24::eth0': not a netmask"],
    ['alpha 10.0.0.1/99', "haresources:1:7 error '10.0.0.1/99': not a netmask"],
    [
      'alpha 10.0.0.1 www\nbeta 10.0.0.2 www',
      "haresources:2:15 warning 'www': line 1 has the same resource: when one node holds both groups, stopping one stops it for both",
    ],
    ['alpha 10.0.0.1 www www', "haresources:1:20 warning 'www': the resource stands twice in its group"],
  ])('%p', (text, expected) => expect(problems(`${text}\n`)).toContain(expected))

  test('an empty file is a cluster without resources', () => {
    expect(right(read({ haresources: '# nothing\n' })).cluster.groups).toEqual([])
  })

  test('a ping node owns nothing', () => {
    const reading = readWith('ping gw\n')
    expect(reading.config).not.toBeNull()
    expect(messages(read({ haresources: 'gw 10.0.0.1\n' }).problems)).toEqual([
      'error: no node directive in ha.cf names this node',
    ])
  })
})

test('the checksum does not see blanks, comments, line breaks and the case of nodes, but all else', () => {
  const sum = (text: string) => haresourcesSum(groups(text))
  expect(sum('alpha a b\n')).toBe('5c6a6dad')
  expect(sum('# x\n ALPHA\ta \\\n b # y\n')).toBe(sum('alpha a b\n'))
  for (const other of ['alpha b a\n', 'beta a b\n', 'alpha a\n', 'alpha a b\nbeta c\n', 'alpha ab\n', ''])
    expect(sum(other)).not.toBe(sum('alpha a b\n'))
})
