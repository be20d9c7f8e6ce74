/** Hand-overs beside a heartbeat that says something late, again, or not at all: message by message. */
import { expect, test } from 'bun:test'
import { get } from '../../src/wire/message.ts'
import { group } from '../sim/scene.ts'
import { Node } from './node.ts'

/** Ann with bob, a heartbeat, who has told that he holds his own groups; he beats once a second. */
class Beside {
  readonly node: Node
  private seq = 0

  constructor(
    groups = [group('ann', ['10.0.0.101'], 1), group('bob', ['10.0.0.102'], 2)],
    broken: readonly string[] = [],
  ) {
    this.node = new Node({ groups })
    for (const resource of broken) this.node.broken.add(resource)
    this.beat()
    this.say('repnodes', { dest: 'ann', nodelist: 'ann bob ' })
    this.say('resource', { rsc_hold: 'local', rtype: 'full', isstable: '1' })
    this.pass(2)
  }

  beat(): void {
    this.node.status(this.next())
  }

  /** A number that is kept back: the message of it is heard later, or never. */
  next(): number {
    return ++this.seq
  }

  say(type: string, fields: Readonly<Record<string, string>>, seq = this.next(), generation = 7): void {
    this.node.hear(type, fields, seq, generation)
  }

  ask(info: string, set = 'local', seq = this.next()): void {
    this.say('ask_resources', { rsc_hold: set, info }, seq)
  }

  pass(seconds: number): void {
    for (let s = 0; s < seconds; s++) {
      this.node.until(this.node.ms + 1000)
      this.beat()
    }
  }

  /** What ann has said about hand-overs. */
  get words(): string[] {
    return this.node.sent('ask_resources').map((m) => `${get(m, 'info')} ${get(m, 'rsc_hold')}`)
  }

  /** He is not heard for so long that he is declared dead, and then again, in the same life. */
  goApart(): void {
    this.node.until(this.node.ms + 5000)
    this.beat()
  }

  /** A new life of his, heard from its first message on. */
  restart(): void {
    this.seq = 0
    this.node.hear('status', { st: 'up', dt: 'bb8', protocol: '1' }, this.next(), 8)
    this.node.hear('status', { st: 'active', dt: 'bb8', protocol: '1' }, this.next(), 8)
  }
}

test('a heartbeat that takes this node for dead in the middle of a hand-over is not waited for', () => {
  const bob = new Beside()
  bob.say('hb_takeover', { rsc_hold: 'foreign' })
  bob.ask('other')
  expect(bob.words).toEqual(['me local', 'done local'])
  expect(bob.node.standby).toBe('giving')
  bob.say('stonith', { node: 'ann', result: 'n_stnth' })
  expect(bob.node.standby).toBe('no')
})

test('a report of an earlier hand-over does not tell that the next one has begun', () => {
  const bob = new Beside()
  bob.ask('me')
  const late = bob.next()
  bob.ask('done')
  expect(bob.words).toEqual(['other local', 'done local'])
  bob.ask('me')
  expect(bob.node.standby).toBe('taking')
  bob.say('resource', { rsc_hold: 'none', rtype: 'full', isstable: '0', info: 'standby' }, late)
  bob.pass(10)
  expect(bob.node.standby).toBe('no')
})

test('a request of an earlier hand-over, said again, is no request', () => {
  const bob = new Beside()
  bob.ask('me')
  const late = bob.next()
  bob.ask('done')
  bob.ask('me', 'local', late)
  expect(bob.words).toEqual(['other local', 'done local'])
})

test('what a heartbeat lets go of after it was waited for is taken', () => {
  const bob = new Beside()
  bob.ask('me')
  bob.pass(8)
  expect(bob.node.standby).toBe('no')
  bob.say('resource', { rsc_hold: 'none', rtype: 'full', isstable: '0', info: 'standby' })
  expect(bob.node.standby).toBe('taking')
  bob.ask('done')
  expect(bob.words).toEqual(['other local', 'done local'])
  expect(bob.node.jobs()).toContain('start 10.0.0.102')
})

test('a heartbeat that may wait for the end of a hand-over is told, but not while its own request is open', () => {
  const bob = new Beside()
  bob.say('hb_takeover', { rsc_hold: 'foreign' })
  bob.pass(5)
  // Both have asked: ann, the first in ha.cf, goes on.
  bob.ask('me')
  bob.pass(6)
  expect(bob.node.standby).toBe('no')
  expect(bob.words).toEqual(['me local'])
  bob.pass(7)
  expect(bob.words).toEqual(['me local', 'done none', 'done none'])
})

test('the last word of another hand-over does not say that this one is let go of', () => {
  const bob = new Beside()
  bob.ask('me')
  bob.say('resource', { rsc_hold: 'none', rtype: 'full', isstable: '0', info: 'standby' })
  bob.ask('done', 'foreign')
  expect(bob.node.standby).toBe('taking')
  expect(bob.node.jobs()).not.toContain('start 10.0.0.102')
  bob.ask('done')
  expect(bob.node.jobs()).toContain('start 10.0.0.102')
})

test('a heartbeat that was told yes and does not begin is told at once where both claim the same, else later', () => {
  const ended = (claim: string, seconds: number) => {
    const bob = new Beside()
    bob.say('resource', { rsc_hold: claim, rtype: 'full', isstable: '1' })
    bob.ask('me', 'foreign')
    bob.pass(seconds)
    return bob.words
  }
  expect(ended('all', 8)).toEqual(['other foreign', 'done none', 'done none'])
  expect(ended('local', 11)).toEqual(['other foreign'])
  expect(ended('local', 14)).toEqual(['other foreign', 'done none', 'done none'])
})

test('after a hand-over a heartbeat hears that this node is at rest, though it claims what it claimed', () => {
  const bob = new Beside()
  bob.ask('me', 'foreign')
  const before = bob.node.sent('resource').length
  bob.ask('done', 'foreign')
  expect(bob.words).toEqual(['other foreign', 'done foreign'])
  const said = bob.node.sent('resource').slice(before)
  expect(said.map((m) => `${get(m, 'rsc_hold')} ${get(m, 'isstable')}`)).toEqual(['local 1'])
})

/** Until nobody has answered so many times for what bob claims. */
function silent(bob: Beside, times: number): void {
  for (let n = 0; n < times; n++) {
    while (bob.node.looks.length === 0) bob.pass(1)
    bob.node.looked('silent')
  }
  while (bob.node.looks.length === 0) bob.pass(1)
}

test('a heartbeat is told to start what nobody answers for', () => {
  const bob = new Beside()
  silent(bob, 4)
  expect(bob.node.sent('ip-request-resp')).toEqual([])
  bob.node.looked('silent')
  expect(bob.node.sent('ip-request-resp').map((m) => get(m, 'ipaddr'))).toEqual(['10.0.0.102'])
})

test('what this node has taken since it looked is not left to the heartbeat', () => {
  const bob = new Beside()
  silent(bob, 4)
  bob.ask('me')
  bob.node.looked('silent')
  bob.ask('done')
  expect(bob.node.standby).toBe('no')
  expect(bob.node.sent('ip-request-resp')).toEqual([])
  const other = new Beside()
  silent(other, 4)
  other.ask('me')
  other.ask('done')
  other.node.looked('silent')
  expect(other.node.sent('ip-request-resp')).toEqual([])
})

test('a group that came back from a heartbeat is offered to its next life', () => {
  const bob = new Beside([group('ann', ['10.0.0.101', 'web'], 1)], ['web'])
  const offers = () => bob.words.filter((w) => w === 'me local').length
  expect(offers()).toBe(1)
  bob.ask('other')
  bob.ask('done')
  expect(bob.node.standby).toBe('no')
  bob.pass(40)
  bob.ask('me', 'foreign')
  bob.ask('done', 'foreign')
  bob.pass(60)
  expect(offers()).toBe(1)
  bob.restart()
  bob.say('starting', {}, undefined, 8)
  bob.say('resource', { rsc_hold: 'none', rtype: 'full', isstable: '1' }, undefined, 8)
  for (let s = 0; s < 5; s++) {
    bob.node.until(bob.node.ms + 1000)
    bob.node.hear('status', { st: 'active', dt: 'bb8', protocol: '1' }, bob.next(), 8)
  }
  expect(offers()).toBe(2)
})

test('in legacy mode the word that a group is released is not made void by a new generation', () => {
  const node = new Node({ autoFailback: 'legacy', groups: [group('bob', ['10.0.0.102'], 1)] })
  const beat = (seq: number) => node.status(seq, { dt: (9000).toString(16) })
  beat(1)
  node.hear('repnodes', { dest: 'ann', nodelist: 'ann bob ' }, 2)
  beat(3)
  const began = () => node.effects.filter((e) => e.kind === 'generation').length
  node.hear('ip-request', { ipaddr: '10.0.0.102' }, 4)
  expect(node.sent('ip-request-resp').length).toBe(1)
  const before = began()
  node.until(node.ms + 8000)
  expect(began()).toBe(before)
  beat(5)
  node.until(node.ms + 8000)
  expect(began()).toBe(before + 1)
})

test('in legacy mode an owner that has it is given its group, but not one that has said farewell', () => {
  const node = new Node({ autoFailback: 'legacy', groups: [group('bob', ['10.0.0.102'], 1)] })
  node.status(1)
  node.hear('repnodes', { dest: 'ann', nodelist: 'ann bob ' }, 2)
  node.status(3)
  node.hear('shutdone', { st: 'dead' }, 4)
  expect(node.stateOfGroup()).toBe('held')
  node.claimed('10.0.0.102', '02:00:00:00:00:02')
  expect(node.stateOfGroup()).toBe('held')
  node.hear('status', { st: 'up', dt: 'bb8', protocol: '1' }, 1, 8)
  node.hear('status', { st: 'active', dt: 'bb8', protocol: '1' }, 2, 8)
  node.claimed('10.0.0.102', '02:00:00:00:00:02')
  expect(node.stateOfGroup()).toBe('stopped')
})

test('a heartbeat that has not heard how it is asked after a partition is asked again, a few times', () => {
  const bob = new Beside()
  const said = () => ['starting', 'resource'].map((t) => bob.node.sent(t).length)
  const [asked] = said()
  bob.goApart()
  const [once, told] = said()
  expect(once).toBe(asked! + 1)
  bob.pass(1)
  expect(said()).toEqual([once! + 1, told! + 1])
  expect(get(bob.node.sent('resource').at(-1)!, 'isstable')).toBe('1')
  bob.pass(8)
  expect(bob.node.sent('starting').length).toBe(once! + 3)
})

test('one that has answered is not asked again', () => {
  const bob = new Beside()
  bob.goApart()
  const asked = bob.node.sent('starting').length
  // Without a word of whether it is at rest it is no answer.
  bob.say('resource', { rsc_hold: 'foreign', info: 'mach_down' })
  bob.pass(1)
  expect(bob.node.sent('starting').length).toBe(asked + 1)
  bob.say('resource', { rsc_hold: 'local', rtype: 'full', isstable: '0' })
  bob.pass(5)
  expect(bob.node.sent('starting').length).toBe(asked + 1)
})

test('a heartbeat that was started in between and is active already hears that this node is at rest', () => {
  const bob = new Beside()
  const told = bob.node.sent('resource').length
  bob.node.hear('status', { st: 'active', dt: 'bb8', protocol: '1' }, 1, 8)
  const said = bob.node.sent('resource').slice(told)
  expect(said.map((m) => get(m, 'isstable'))).toEqual(['1'])
})

test('no new generation overtakes the last word of a hand-over', () => {
  for (let offsetMs = 0; offsetMs < 1000; offsetMs += 50) {
    const bob = new Beside()
    bob.goApart()
    bob.say('resource', { rsc_hold: 'all', rtype: 'full', isstable: '0' })
    bob.node.until(bob.node.ms + offsetMs)
    bob.say('resource', { rsc_hold: 'all', rtype: 'full', isstable: '1' })
    bob.ask('me', 'foreign')
    bob.say('resource', { rsc_hold: 'local', rtype: 'full', isstable: '0', info: 'standby' })
    bob.ask('done', 'foreign')
    expect(bob.words).toEqual(['other foreign', 'done foreign'])
    bob.say('resource', { rsc_hold: 'local', rtype: 'full', isstable: '1' })
    const began = () => bob.node.effects.filter((e) => e.kind === 'generation').length
    const before = began()
    bob.node.until(bob.node.ms + 290)
    expect([offsetMs, began()]).toEqual([offsetMs, before])
    bob.pass(2)
    expect([offsetMs, began()]).toEqual([offsetMs, before + 1])
  }
})

test('a heartbeat that has said farewell is not asked to let go, whoever claims an address', () => {
  const requests = (farewell: boolean) => {
    const bob = new Beside()
    if (farewell) bob.say('shutdone', { st: 'dead' })
    bob.node.claimed('10.0.0.101', '02:00:00:00:00:02')
    bob.pass(2)
    return bob.node.sent('hb_takeover').length
  }
  expect(requests(false)).toBeGreaterThan(0)
  expect(requests(true)).toBe(0)
})

test('a leaving node drops what the other one takes while a stop hangs, and nothing else', () => {
  const bob = new Beside([group('ann', ['10.0.0.101', 'slow'], 1), group('bob', ['10.0.0.102'], 2)])
  bob.node.hanging.add('slow')
  bob.node.stop()
  bob.say('resource', { rsc_hold: 'local', rtype: 'full', isstable: '1' })
  expect(bob.node.dropped).toEqual([])
  bob.say('resource', { rsc_hold: 'all', rtype: 'full', isstable: '1' })
  expect(bob.node.dropped).toEqual(['10.0.0.101'])
  bob.say('resource', { rsc_hold: 'all', rtype: 'full', isstable: '1' })
  expect(bob.node.dropped).toEqual(['10.0.0.101'])
})

test('what a heartbeat said before it was asked, and says again, is no answer', () => {
  const bob = new Beside()
  const late = bob.next()
  bob.beat()
  const starts = () => bob.node.jobs().filter((job) => job === 'start 10.0.0.101').length
  expect(starts()).toBe(1)
  const asked = bob.node.sent('starting').length
  bob.node.stallUntil(bob.node.ms + 5000)
  bob.beat()
  bob.node.until(bob.node.ms + 500)
  expect(bob.node.sent('starting').length).toBe(asked + 1)
  bob.say('resource', { rsc_hold: 'none', rtype: 'full', isstable: '1' }, late)
  expect(starts()).toBe(1)
  bob.say('resource', { rsc_hold: 'all', rtype: 'full', isstable: '1' })
  bob.pass(2)
  expect(starts()).toBe(1)
  expect(bob.node.stateOfGroup()).toBe('stopped')
})
