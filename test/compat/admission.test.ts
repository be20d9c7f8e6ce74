import { describe, expect, test } from 'bun:test'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemAccounts } from '../../src/compat/accounts.ts'
import { admit } from '../../src/compat/admission.ts'
import { message, scene } from './scene.ts'

const dir = mkdtempSync(join(tmpdir(), 'hb-accounts-'))
writeFileSync(
  join(dir, 'passwd'),
  'root:x:0:0::/:/bin/sh\nhacluster:x:104:112::/:/bin/false\neve:x:1000:1000::/:/bin/sh\nmel:x:1001:1001::/:/bin/sh\nbroken\n',
)
writeFileSync(join(dir, 'group'), 'root:x:0:\nhaclient:x:112:mel,other\n')
const accounts = systemAccounts(join(dir, 'passwd'), join(dir, 'group'))
const rules = { apiauth: scene().config.apiauth, accounts, taken: (name: string) => name === 'busy' }

function ask(
  name: string,
  pid: number,
  uid: number,
  gid: number,
  claim: Partial<Record<'pid' | 'uid' | 'gid', number>> = {},
) {
  const said = { pid, uid, gid, ...claim }
  const request = message(
    't=hbapi-req',
    'reqtype=signon',
    `from_id=${name}`,
    `pid=${said.pid}`,
    `uid=${said.uid}`,
    `gid=${said.gid}`,
  )
  return admit(request, { pid, uid, gid }, rules)
}

const falseWords = { denied: 'incorrect/false credentials' }
const notAllowed = { denied: 'client failed authorization' }

describe('a sign-on', () => {
  test.each([
    ['root without a name', ask('7', 7, 0, 0), { name: '7', casual: true }],
    ['a group of apiauth', ask('7', 7, 1000, 112), { name: '7', casual: true }],
    ['a member of that group', ask('7', 7, 1001, 1001), { name: '7', casual: true }],
    ['anybody else', ask('7', 7, 1000, 1000), notAllowed],
    ['a named client as its user', ask('ipfail', 7, 104, 112), { name: 'ipfail', casual: false }],
    ['a named client as root', ask('ipfail', 7, 0, 0), notAllowed],
    ['a name that apiauth does not know', ask('thing', 7, 0, 0), notAllowed],
    ['a name in use', ask('busy', 7, 0, 0), { denied: 'duplicate add request' }],
    ['another process', ask('7', 7, 0, 0, { pid: 8 }), falseWords],
    ['a false user', ask('7', 7, 1000, 1000, { uid: 0 }), falseWords],
    ['a false group', ask('7', 7, 1000, 1000, { gid: 112 }), falseWords],
    [
      'the number of another process as name',
      ask('9', 7, 0, 0),
      { denied: 'a name of digits must be the process number' },
    ],
    ['a name with blanks', ask('a b', 7, 0, 0), { denied: 'no from_id or pid in the request' }],
    ['no name', ask('', 7, 0, 0), { denied: 'no from_id or pid in the request' }],
  ])('of %s', (_, verdict, expected) => {
    expect(verdict).toEqual(expected)
  })

  test('is refused where the kernel does not say who calls', () => {
    const request = message('from_id=7', 'pid=7', 'uid=0', 'gid=0')
    expect(admit(request, null, rules)).toEqual(falseWords)
  })

  test('of a name without an entry goes by that of default', () => {
    const apiauth = [...rules.apiauth, { client: 'default', uids: ['0'], gids: [] }]
    const request = message('from_id=thing', 'pid=7', 'uid=0', 'gid=0')
    expect(admit(request, { pid: 7, uid: 0, gid: 0 }, { ...rules, apiauth })).toEqual({ name: 'thing', casual: false })
  })
})

describe('accounts', () => {
  test('are found by name and by number', () => {
    expect([accounts.uid('hacluster'), accounts.uid('104'), accounts.uid('nobody')]).toEqual([104, 104, null])
    expect([accounts.gid('haclient'), accounts.gid('haclien')]).toEqual([112, null])
    expect([accounts.primaryGid('hacluster'), accounts.primaryGid('104'), accounts.primaryGid('broken')]).toEqual([
      112,
      112,
      null,
    ])
  })

  test('are nobody where there are no files', () => {
    const none = systemAccounts('/nonexistent/passwd', '/nonexistent/group')
    expect([none.uid('root'), none.gid('root'), none.isMember(0, 'root')]).toEqual([null, null, false])
  })
})
