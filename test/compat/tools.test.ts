import { describe, expect, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clStatus } from '../../src/cli/compat/cl-status.ts'
import { getopt } from '../../src/cli/compat/getopt.ts'
import { handover } from '../../src/cli/compat/handover.ts'
import { nodeList } from '../../src/cli/compat/node-list.ts'
import { toolFor, toolNames } from '../../src/cli/compat/tools.ts'
import { makeLinks } from '../../src/cli/install-links.ts'
import { openFifo } from '../../src/compat/fifo.ts'
import type { FifoFind } from '../../src/compat/fifo-text.ts'
import { wordsOf } from './scene.ts'

function io() {
  const said = { out: '', err: '' }
  const streams = {
    env: { HB_SOCKET: '/nonexistent/control' },
    out: (t: string) => {
      said.out += t
    },
    err: (t: string) => {
      said.err += t
    },
  }
  return { said, streams }
}

const folder = () => mkdtempSync(join(tmpdir(), 'hb-tools-'))

describe('the name under which hb is called', () => {
  test('is looked at without its path', () => {
    expect(toolNames.every((name) => toolFor(`/somewhere/${name}`) !== undefined)).toBe(true)
    for (const name of ['hb', '/usr/bin/hb', 'bun', 'toString', '']) expect(toolFor(name)).toBeUndefined()
  })
})

describe('options', () => {
  test.each([
    [['-m', 'a', '-v', 'b'], 'mv', { m: '', v: '' }, ['a', 'b'], []],
    [['-mv'], 'mv', { m: '', v: '' }, [], []],
    [['-pname', '-p', 'other'], 'mp:', { p: 'other' }, [], []],
    [['a', '-p'], 'mp:', {}, ['a'], ["option requires an argument -- 'p'"]],
    [
      ['-x:', '--long'],
      'm',
      {},
      [],
      ["invalid option -- 'x'", "invalid option -- ':'", "invalid option -- '-'", "invalid option -- 'l'"],
    ],
    [['a', '--', '-m', '-'], 'm', {}, ['a', '-m', '-'], []],
    [['-'], 'm', {}, ['-'], []],
  ])('%p with %p', (argv, known, given, words, complaints) => {
    const read = getopt(argv, known)
    expect(Object.fromEntries(read.given)).toEqual(given as Record<string, string>)
    expect(read.words).toEqual(words)
    expect(read.complaints.slice(0, 4)).toEqual(complaints)
  })
})

describe('cl_status without a daemon', () => {
  const path = '/nonexistent/register'
  test.each([
    [['hbstatus'], 1, 'Heartbeat is stopped on this machine.\n', /^$/],
    [
      ['hbstatus', '-v'],
      1,
      "Heartbeat is stopped on this machine.\n(hb_api_signon: Can't initiate connection to heartbeat)\n",
      /^$/,
    ],
    [
      ['rscstatus'],
      1,
      '',
      /cl_status: \[\d+\]: ERROR: Cannot signon with heartbeat\n.*REASON: hb_api_signon: Can't initiate/,
    ],
    [['foo'], 11, '', /ERROR: foo: invalid sub-command\.\n$/],
    [['constructor'], 11, '', /ERROR: constructor: invalid sub-command\.\n$/],
  ])('%p', async (argv, code, out, err) => {
    const { said, streams } = io()
    expect(await clStatus(argv, streams, path)).toBe(code)
    expect(said.out).toBe(out)
    expect(said.err).toMatch(err)
  })

  test('explains itself', async () => {
    const { said, streams } = io()
    expect(await clStatus([], streams, path)).toBe(0)
    expect(said.out).toStartWith(
      'Usage: cl_status <sub-command> [<options>] [<parameters>]\n\nSub-commands:\nclientstatus ',
    )
  })
})

describe('hb_standby and hb_takeover', () => {
  test.each([
    [['--help'], 'usage:\n'],
    [['nonsense'], '/x/hb_standby: wrong resources(nonsense).\nusage:\n'],
    [['all', 'local'], '/x/hb_standby: too many arguments\nusage:\n'],
  ])('%p is answered as heartbeat’s script answers', async (argv, out) => {
    const { said, streams } = io()
    expect(await handover('standby', '/x/hb_standby', argv, streams)).toBe(1)
    expect(said).toEqual({ out, err: '/x/hb_standby [all|foreign|local|failback]\n' })
  })

  test.each(['all', 'foreign', 'local', 'failback'])('%s is not taken for done where nothing runs', async (word) => {
    const path = join(folder(), 'fifo')
    const { said, streams } = io()
    expect(await handover('takeover', 'hb_takeover', [word], streams, path)).toBe(3)
    // Of a daemon that has been killed, the FIFO is left.
    openFifo(path, () => {}).close()
    expect(await handover('takeover', 'hb_takeover', [word], streams, path)).toBe(3)
    expect(said.out).toBe('')
    expect(said.err.match(/^hb: not running here .*\n/gm)?.join('')).toBe(said.err)
  })

  test.each([
    ['standby', [], 't=ask_resources rsc_hold=all info=me'],
    ['standby', ['local'], 't=ask_resources rsc_hold=local info=me'],
    ['standby', ['failback'], 't=ask_resources rsc_hold=foreign info=me'],
    ['takeover', [], 't=hb_takeover rsc_hold=all'],
    ['takeover', ['foreign'], 't=hb_takeover rsc_hold=foreign'],
    ['takeover', ['failback'], 't=hb_takeover rsc_hold=local'],
  ] as const)('%s %p beside a heartbeat is what its script writes into the FIFO', async (verb, argv, words) => {
    const path = join(folder(), 'fifo')
    const found: FifoFind[] = []
    const fifo = openFifo(path, (find) => found.push(find))
    const { said, streams } = io()
    expect(await handover(verb, `/x/hb_${verb}`, argv, streams, path)).toBe(0)
    for (let i = 0; i < 100 && found.length === 0; i++) await Bun.sleep(20)
    fifo.close()
    expect(found.map((f) => 'message' in f && wordsOf(f.message))).toEqual([words])
    expect(said).toEqual({ out: '', err: expect.stringContaining(`hb_${verb}: heartbeat is told`) })
  })

  test('who may not look whether a heartbeat runs is told so', async () => {
    const path = join(folder(), 'fifo')
    openFifo(path, () => {}).close()
    chmodSync(path, 0)
    const { said, streams } = io()
    const root = process.geteuid!() === 0
    if (root) process.seteuid!(65534)
    try {
      expect(await handover('standby', 'hb_standby', [], streams, path)).toBe(4)
    } finally {
      if (root) process.seteuid!(0)
    }
    expect(said).toEqual({ out: '', err: `hb_standby: ${path}: not permitted: this needs root\n` })
  })
})

describe('hb_addnode and hb_delnode', () => {
  test('write heartbeat’s message, and say what hb makes of it', async () => {
    const path = join(folder(), 'fifo')
    const found: unknown[] = []
    const fifo = openFifo(path, (find) => found.push(find))
    const { said, streams } = io()
    expect(await nodeList('hb_addnode', ['dora', 'emil'], streams, path)).toBe(0)
    expect(said.err).toContain('takes its nodes from ha.cf')
    for (let i = 0; i < 100 && found.length === 0; i++) await Bun.sleep(20)
    fifo.close()
    expect(JSON.stringify(found)).toContain('"dora emil"')
  })

  test('do not wait where nobody reads', async () => {
    const path = join(folder(), 'fifo')
    openFifo(path, () => {}).close()
    const { said, streams } = io()
    expect(await nodeList('hb_delnode', ['dora'], streams, path)).toBe(1)
    expect(said.err).toContain('no daemon reads it')
    expect(await nodeList('hb_delnode', ['dora'], streams, `${path}x`)).toBe(1)
  })

  test('take no names that could be more than a name', async () => {
    const { said, streams } = io()
    expect(await nodeList('hb_addnode', ['a\n<<<'], streams, '/nonexistent')).toBe(1)
    expect(await nodeList('hb_addnode', [], streams, '/nonexistent')).toBe(1)
    expect(said.out).toBe('usage: hb_addnode <node> <node> ...\n')
  })
})

describe('hb install-links', () => {
  test('makes links, and again makes nothing', () => {
    const dir = folder()
    const { said, streams } = io()
    expect(makeLinks(dir, '/opt/hb', true, streams)).toBe(0)
    expect(toolNames.some((name) => existsSync(join(dir, name)))).toBe(false)
    expect(makeLinks(dir, '/opt/hb', false, streams)).toBe(0)
    expect(toolNames.map((name) => readlinkSync(join(dir, name)))).toEqual(toolNames.map(() => '/opt/hb'))
    expect(makeLinks(dir, '/opt/hb', false, streams)).toBe(0)
    const lines = said.out.split('\n')
    for (const words of ['would be made', ': made', 'already']) {
      expect(lines.filter((line) => line.includes(words)).length).toBe(toolNames.length)
    }
  })

  test('leaves what is something else, and leads a link to another hb here', () => {
    const dir = folder()
    writeFileSync(join(dir, 'cl_status'), 'the real one')
    symlinkSync('/usr/share/heartbeat/hb_standby', join(dir, 'hb_standby'))
    symlinkSync('/old/hb', join(dir, 'hb_takeover'))
    const { said, streams } = io()
    expect(makeLinks(dir, '/opt/hb', false, streams)).toBe(1)
    expect(readFileSync(join(dir, 'cl_status'), 'utf8')).toBe('the real one')
    expect(readlinkSync(join(dir, 'hb_standby'))).toBe('/usr/share/heartbeat/hb_standby')
    expect(readlinkSync(join(dir, 'hb_takeover'))).toBe('/opt/hb')
    expect(lstatSync(join(dir, 'hb_addnode')).isSymbolicLink()).toBe(true)
    expect(said.err.match(/stays as it is/g)?.length).toBe(2)
  })
})
