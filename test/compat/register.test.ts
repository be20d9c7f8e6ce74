import { afterEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemAccounts } from '../../src/compat/accounts.ts'
import { ApiClient, ApiRefusal } from '../../src/compat/api-client.ts'
import { frame } from '../../src/compat/frames.ts'
import type { Outgoing } from '../../src/compat/outgoing.ts'
import { openRegister, type Register } from '../../src/compat/register.ts'
import { Switchboard } from '../../src/compat/switchboard.ts'
import { get, type Message } from '../../src/wire/message.ts'
import { message, scene, wordsOf } from './scene.ts'

const me = { uid: String(process.geteuid!()), gid: String(process.getegid!()) }
const open: Register[] = []
afterEach(() => {
  for (const register of open.splice(0)) register.close()
})

/** A client socket of its own in which this test's user may be anybody. */
async function serve() {
  const path = join(mkdtempSync(join(tmpdir(), 'hb-register-')), 'heartbeat/register')
  const sent: Message[] = []
  const done: [Outgoing, string][] = []
  const logged: string[] = []
  const view = scene()
  const apiauth = ['anon', 'friend', 'other'].map((client) => ({ client, uids: [me.uid], gids: [] }))
  const board = new Switchboard({
    view: () => ({ ...view, config: { ...view.config, apiauth } }),
    accounts: systemAccounts(),
    send: (m) => sent.push(m),
    carryOut: (what, from) => done.push([what, from]),
    builtIn: new Set(['ipfail']),
    log: (_, text) => logged.push(text),
  })
  // Not the system's accounts: the directory is to stay this user's.
  open.push(await openRegister(path, board, systemAccounts('/nonexistent', '/nonexistent')))
  return { path, board, sent, done, logged }
}

/** A connection that signs on under a name and collects what it is told. */
async function named(path: string, name: string) {
  const socket = connect(path)
  const heard: string[] = []
  let closed = false
  socket.on('data', (d) => heard.push(d.toString('latin1')))
  socket.on('close', () => {
    closed = true
  })
  socket.on('error', () => {})
  const say = (...words: string[]) => socket.write(frame(message(...words)))
  const ids = [`from_id=${name}`, `pid=${process.pid}`, `uid=${me.uid}`, `gid=${me.gid}`]
  say('t=hbapi-req', 'reqtype=signon', ...ids)
  await until(() => heard.join('').includes('reqtype=signon'))
  return { socket, say, text: () => heard.join(''), closed: () => closed }
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (what()) return
    await Bun.sleep(10)
  }
  throw new Error(`not within 3 s: ${what}`)
}

describe('the client socket', () => {
  test('is for all within a directory for few, and gone when it is closed', async () => {
    const { path } = await serve()
    expect(statSync(path).mode & 0o777).toBe(0o777)
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o750)
    open.splice(0)[0]!.close()
    expect(existsSync(path)).toBe(false)
  })

  test('is not taken from another daemon, nor made of a file', async () => {
    const { path, board } = await serve()
    const accounts = systemAccounts('/nonexistent', '/nonexistent')
    await expect(openRegister(path, board, accounts)).rejects.toThrow('another daemon listens')
    const file = join(path, '../file')
    writeFileSync(file, '')
    await expect(openRegister(file, board, accounts)).rejects.toThrow('not a socket')
  })

  test('answers a casual client', async () => {
    const { path } = await serve()
    const client = await ApiClient.open(path)
    expect(get(client.welcome, 'hbversion')).toBe('3.0.6 (hb 1)')
    expect((await client.ask('nodelist'))?.map((m) => get(m, 'node'))).toEqual(['gateway', 'ann', 'bob', 'cat'])
    expect((await client.ask('setfilter', [['fmask', '1']]))?.map(wordsOf)).toEqual([
      't=hbapi-resp reqtype=setfilter result=OK',
    ])
    expect((await client.ask('setfilter', [['fmask', 'f']]))?.map((m) => get(m, 'info'))).toEqual(['EPERM'])
    expect((await client.ask('signon'))?.map((m) => get(m, 'info'))).toEqual(['duplicate add request'])
    client.close()
  })

  test('lets a casual client ask, but not speak', async () => {
    const { path, done, logged } = await serve()
    const client = await ApiClient.open(path)
    client.say(message('t=my'))
    await client.ask('numnodes')
    expect(done).toEqual([])
    expect(logged.join()).toContain('only named clients')
    client.close()
  })

  test('asks the other node about its clients', async () => {
    const { path, sent } = await serve()
    const client = await ApiClient.open(path)
    client.send('clientstatus', message('node=cat', 'cn=ipfail').fields as never)
    await until(() => sent.length > 0)
    expect(wordsOf(sent[0]!)).toBe(`t=query-cstatus dest=cat cn=ipfail from_id=${process.pid}`)
    client.close()
  })

  test('tells the cluster of named clients that come and go', async () => {
    const { path, sent, board } = await serve()
    const client = await named(path, 'friend')
    expect(board.online('friend')).toBe(true)
    client.say('t=hbapi-req', 'reqtype=signoff')
    await until(() => sent.length === 2)
    expect(sent.map(wordsOf)).toEqual([
      't=hbapi-clstat st=join from_id=friend to_id=friend info=signon client_gen=0',
      't=hbapi-clstat st=leave from_id=friend to_id=friend info=signoff client_gen=0',
    ])
    expect(board.online('friend')).toBe(false)
  })

  test('passes on what named clients say, and refuses a name twice', async () => {
    const { path, done } = await serve()
    const client = await named(path, 'friend')
    client.say('t=my', 'a=b')
    await until(() => done.length > 0)
    expect(done[0]).toMatchObject([{ kind: 'cluster' }, 'friend'])
    expect((await named(path, 'friend')).text()).toContain('info=duplicate add request')
    expect((await named(path, 'ipfail')).text()).toContain('info=duplicate add request')
    expect((await named(path, 'stranger')).text()).toContain('info=client failed authorization')
  })

  test('delivers to all, or to the one that is named', async () => {
    const { path, board } = await serve()
    const [friend, other] = [await named(path, 'friend'), await named(path, 'other')]
    board.deliver(message('t=all'))
    board.deliver(message('t=one', 'to_id=friend'))
    board.deliver(message('t=end'))
    await until(() => friend.text().includes('t=end') && other.text().includes('t=end'))
    expect([friend.text().includes('t=one'), other.text().includes('t=one')]).toEqual([true, false])
    expect(other.text()).toContain('t=all')
  })

  test('answers other nodes about its clients, its own ones included', async () => {
    const { board, sent } = await serve()
    for (const cn of ['ipfail', 'nobody'])
      board.tellOther(message('t=query-cstatus', 'src=bob', `cn=${cn}`, 'from_id=9'))
    expect(sent.map(wordsOf)).toEqual([
      't=respond-cstatus dest=bob result=OK cn=ipfail to_id=9 cs=online',
      't=respond-cstatus dest=bob result=OK cn=nobody to_id=9 cs=offline',
    ])
  })

  test('refuses with words', async () => {
    await expect(ApiClient.open('/nonexistent/register')).rejects.toBeInstanceOf(ApiRefusal)
  })
})

describe('the client socket gives way to nobody', () => {
  test('a client that does not read is dropped, and others hear on', async () => {
    const { path, board, logged } = await serve()
    const [slow, other] = [await named(path, 'friend'), await named(path, 'other')]
    slow.socket.pause()
    const large = message('t=large', `a=${'x'.repeat(60_000)}`)
    for (let i = 0; i < 100 && board.online('friend'); i++) {
      board.deliver(large)
      await Bun.sleep(1)
    }
    expect(board.online('friend')).toBe(false)
    expect(logged.join()).toContain('does not read')
    board.deliver(message('t=end'))
    await until(() => other.text().includes('t=end'))
  })

  test('a client in a hurry waits', async () => {
    const { path, done } = await serve()
    const client = await named(path, 'friend')
    for (let i = 0; i < 1000; i++) client.say('t=my', `n=${i}`)
    await Bun.sleep(500)
    expect(done.length).toBeGreaterThan(90)
    expect(done.length).toBeLessThan(200)
    client.socket.destroy()
  })

  test.each([
    ['another protocol', Buffer.from('GET / HTTP/1.0\r\n\r\n')],
    ['no sign-on', Buffer.from(frame(message('t=hbapi-req', 'reqtype=nodelist')))],
  ])('%s ends the connection', async (_, bytes) => {
    const { path } = await serve()
    const socket = connect(path)
    let closed = false
    socket.on('close', () => {
      closed = true
    })
    socket.write(bytes)
    await until(() => closed)
  })

  test('more connections than there is room for are closed at once', async () => {
    const { path } = await serve()
    let closed = 0
    const sockets = Array.from({ length: 105 }, () =>
      connect(path)
        .on('close', () => closed++)
        .on('error', () => {}),
    )
    await until(() => closed === 5)
    for (const socket of sockets) socket.destroy()
  })
})
