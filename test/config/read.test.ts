/** Reading from disk: files that are there, that are not, and that are something else. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodenameOf, readConfigDir } from '../../src/config/read.ts'
import { files, right, said } from './helper.ts'

let dir = ''
const put = (name: string, text: string | Uint8Array, mode = 0o600) => {
  writeFileSync(join(dir, name), text)
  chmodSync(join(dir, name), mode)
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hb-config-'))
  put('ha.cf', files.haCf!)
  put('haresources', files.haresources!)
  put('authkeys', files.authkeys!.text)
})

afterEach(() => rmSync(dir, { recursive: true }))

const problems = (nodename = 'alpha') =>
  said(readConfigDir(dir, nodename).problems).map((p) => p.replace(`${dir}/`, ''))

test('a right directory gives its configuration', () => {
  const reading = readConfigDir(dir, 'Alpha')
  expect(right(reading).dir).toBe(dir)
  expect(reading.nodename).toBe('alpha')
  expect(reading.problems).toEqual([])
})

test('hb.cf is read where it is', () => {
  put('hb.cf', 'status off\n')
  expect(right(readConfigDir(dir, 'alpha')).http).toBeNull()
})

test('the mode of authkeys is that of the file, and its bytes are kept', () => {
  put('authkeys', new Uint8Array([...Buffer.from('auth 1\n1 md5 '), 0xff, 0x80]))
  expect([...right(readConfigDir(dir, 'alpha')).keys.keys.get(1)!.key]).toEqual([0xff, 0x80])
  chmodSync(join(dir, 'authkeys'), 0o644)
  expect(problems()).toEqual(["authkeys:0:0 error '': group or others may read the keys (mode 0644)"])
})

describe('what is no file to read', () => {
  test('missing', () => {
    rmSync(join(dir, 'haresources'))
    expect(problems()).toEqual(["haresources:0:0 error '': the file is missing"])
  })
  test('a directory', () => {
    mkdirSync(join(dir, 'hb.cf'))
    expect(problems()).toEqual(["hb.cf:0:0 error '': the file is not a regular file"])
  })
  test('too large', () => {
    put('haresources', '#'.repeat((1 << 20) + 1))
    expect(problems()).toEqual(["haresources:0:0 error '': the file is larger than 1 MiB"])
  })
  test('a directory that does not exist', () => {
    const { config, problems } = readConfigDir('/nonexistent', 'alpha')
    expect(config).toBeNull()
    expect(problems.map((p) => p.file)).toEqual(['ha.cf', 'haresources', 'authkeys'].map((f) => `/nonexistent/${f}`))
  })
})

test('scripts are looked for beside ha.cf', () => {
  put('haresources', 'alpha 192.168.0.100 hb-test-script\n')
  expect(problems()).toEqual(["haresources:1:21 warning 'hb-test-script': no such resource script on this machine"])
  mkdirSync(join(dir, 'resource.d'))
  put('resource.d/hb-test-script', '#!/bin/sh\n', 0o644)
  if (process.getuid?.() !== 0) expect(problems()).toHaveLength(1)
  put('resource.d/hb-test-script', '#!/bin/sh\n', 0o755)
  expect(problems()).toEqual([])
})

describe("this node's name", () => {
  const host = hostname().toLowerCase()
  test.each([
    ['Beta\n', 'beta'],
    ['beta\nmore\n', 'beta'],
    ['beta', host],
    ['', host],
  ])('nodeinfo %p gives %s', (text, expected) => {
    put('nodeinfo', text)
    expect(nodenameOf(dir)).toBe(expected)
  })
  test('without nodeinfo it is the name of the host', () => expect(nodenameOf(dir)).toBe(host))
  test('it is what the configuration is read for', () => {
    put('nodeinfo', 'beta\n')
    expect(readConfigDir(dir).nodename).toBe('beta')
    expect(readConfigDir(dir).config).not.toBeNull()
  })
})
