import { expect, test } from 'bun:test'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findOwner } from '../../src/log/owner.ts'

const passwd = join(mkdtempSync(join(tmpdir(), 'hb-owner-')), 'passwd')
writeFileSync(
  passwd,
  'root:x:0:0:root:/root:/bin/sh\nbroken:x:a:b\nshort\nhacluster:x:107:112::/var/lib/heartbeat:/bin/false\n',
)

test('finds a user', () => {
  expect(findOwner('hacluster', passwd)).toEqual({ uid: 107, gid: 112 })
  expect(findOwner('root', passwd)).toEqual({ uid: 0, gid: 0 })
})

test.each(['nobody', 'broken', 'short', '', 'hacl'])('%p is nobody', (user) => {
  expect(findOwner(user, passwd)).toBeNull()
})

test('a host without such a file has nobody', () => expect(findOwner('root', `${passwd}.missing`)).toBeNull())
