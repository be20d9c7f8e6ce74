import { describe, expect, test } from 'bun:test'
import { answer, remoteNode, signonAnswer, wantedSignal } from '../../src/compat/answers.ts'
import { facilityNumber } from '../../src/compat/view.ts'
import { binary, text } from '../../src/wire/message.ts'
import { message, scene, wordsOf } from './scene.ts'

const ask = (words: string, view = scene()) =>
  answer(
    message('t=hbapi-req', ...words.split(' ').map((w, i) => (i === 0 ? `reqtype=${w}` : w))),
    view,
    (name) => name === 'here',
  ).map((m) => wordsOf(m).replace(/^t=hbapi-resp reqtype=\w* /, ''))

const bad = ['result=badreq info=EINVAL']

describe('answers, as heartbeat 3.0.6 was seen to give them', () => {
  test.each([
    ['nodestatus node=bob', ['st=dead result=OK']],
    ['nodestatus node=BOB', ['st=dead result=OK']],
    ['nodestatus node=eve', bad],
    ['nodestatus', bad],
    ['nodetype node=gateway', ['nodetype=ping result=OK']],
    ['nodeweight node=ann', ['weight=100 result=OK']],
    ['nodesite node=ann', ['site= result=OK']],
    ['nodesite node=eve', bad],
    ['numnodes', ['numnodes=3 result=OK']],
    ['iflist node=ann', ['ifname=eth0 st=up result=ok/more', 'ifname=eth1 st=dead result=OK']],
    ['iflist node=gateway', ['ifname=gateway st=up result=OK']],
    ['iflist node=eve', bad],
    ['ifstatus node=ann ifname=eth1', ['st=dead result=OK']],
    ['ifstatus node=ann ifname=eth2', bad],
    ['ifstatus node=ann', bad],
    ['clientstatus node=ann cn=here', ['subt=respond-cstatus cs=online result=OK']],
    ['clientstatus node=ann cn=not', ['subt=respond-cstatus cs=offline result=OK']],
    ['clientstatus node=bob cn=here', ['subt=respond-cstatus cs=offline result=OK']],
    ['clientstatus node=gateway cn=here', ['subt=respond-cstatus cs=offline result=OK']],
    ['clientstatus node=eve cn=here', bad],
    ['clientstatus node=ann', bad],
    ['getparm pname=keepalive', ['pvalue=200ms result=OK']],
    ['getparm pname=hbversion', ['pvalue=3.0.6 (hb 1) result=OK']],
    ['getparm pname=compression', ['pvalue=zlib result=OK']],
    ['getparm pname=use_logd', ['result=OK']],
    ['getparm pname=nosuch', ['result=OK']],
    ['getparm', bad],
    ['getrsc', ['rsc_hold=local result=OK']],
    ['getuuid queryname=ann', ['queryuuid=<bytes> result=OK']],
    ['getuuid queryname=bob', ['result=OK']],
    ['getuuid', ['result=badreq info=no query node name found']],
    ['getnodename queryuuid=text', ['result=badreq info=no query node name found']],
    ['nonsense', bad],
    ['constructor', bad],
  ])('%s', (words, expected) => {
    expect(ask(words)).toEqual(expected)
  })

  test('nodelist is in the order of ha.cf, ping nodes included', () => {
    expect(ask('nodelist')).toEqual([
      'node=gateway nodetype=ping st=ping result=ok/more',
      'node=ann nodetype=normal st=active result=ok/more',
      'node=bob nodetype=normal st=dead result=ok/more',
      'node=cat nodetype=normal st=active result=OK',
    ])
  })

  test('a claim that is about to change is a transition', () => {
    expect(ask('getrsc', scene({ stable: false }))).toEqual(['rsc_hold=transition result=OK'])
  })

  test('a node is found by its UUID', () => {
    const uuid = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
    const found = (bytes: Uint8Array) =>
      answer({ fields: [text('reqtype', 'getnodename'), binary('queryuuid', bytes)] }, scene(), () => false).map(
        wordsOf,
      )
    expect(found(uuid)).toEqual(['t=hbapi-resp reqtype=getnodename queryname=ann result=OK'])
    expect(found(new Uint8Array(16))).toEqual(['t=hbapi-resp reqtype=getnodename result=OK'])
  })
})

test('the welcome tells what libraries want to know; a refusal tells it too', () => {
  const rest = 'deadtime=3e8 keepalive=c8 node=ann hbversion=3.0.6 (hb 1) pacemaker=false logfacility=128'
  expect(wordsOf(signonAnswer(scene(), null))).toBe(`t=hbapi-resp reqtype=signon result=OK ${rest}`)
  expect(wordsOf(signonAnswer(scene(), 'no'))).toBe(`t=hbapi-resp reqtype=signon info=no result=badreq ${rest}`)
})

test('only an active node elsewhere is asked about its clients', () => {
  const about = (node: string) => remoteNode(message('reqtype=clientstatus', `node=${node}`, 'cn=x'), scene())
  expect(['ann', 'bob', 'CAT', 'gateway', 'eve'].map(about)).toEqual([null, null, 'cat', null, null])
  expect(remoteNode(message('reqtype=clientstatus', 'node=cat'), scene())).toBeNull()
})

test('signals and facilities are numbers of a small set', () => {
  expect(['0', '10', '64', '65', '-1', 'x', ''].map((s) => wantedSignal(message(`signal=${s}`)))).toEqual([
    0,
    10,
    64,
    null,
    null,
    null,
    null,
  ])
  expect([null, 'kern', 'daemon', 'security', 'local7', 'nosuch', '-'].map(facilityNumber)).toEqual([
    -1, 0, 24, 32, 184, -1, 96,
  ])
})
