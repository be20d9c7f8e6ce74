/** A stall of this node is nobody's death, and what lies in the sockets after a long one is old. */
import { describe, expect, test } from 'bun:test'
import { Node } from '../cluster/node.ts'

let seq = 0
const report = (node: Node, claim: string) =>
  node.hear('resource', { rsc_hold: claim, rtype: 'full', isstable: '1' }, ++seq)

/** ann has joined, holds the group, and hears bob, who holds nothing, each second until 20 s and then no more. */
function settled(): Node {
  const node = new Node()
  seq = 0
  node.status(++seq)
  node.hear('repnodes', { nodelist: 'ann bob ', dest: 'ann' }, ++seq)
  report(node, 'none')
  for (let s = 1; s <= 20; s++) {
    node.until(s * 1000)
    node.status(++seq)
  }
  expect(node.stateOfGroup()).toBe('held')
  return node
}

describe('a stall shorter than deadtime', () => {
  test('is not counted as silence of the other node', () => {
    const node = settled()
    node.until(20_500)
    node.stallUntil(22_500)
    node.until(23_900)
    expect(node.stateOf('bob')).toBe('active')
    node.status(++seq)
    node.until(26_000)
    expect(node.stateOf('bob')).toBe('active')
  })

  test('ends with hearing: nobody is judged by what happens to come out of the sockets first', () => {
    const node = settled()
    node.until(20_050)
    node.status(++seq)
    // Beats of bob are lost: when the beat of 23.0 s is due, he has been silent for all but 50 ms of deadtime.
    node.until(22_990)
    node.stallUntil(23_400)
    node.stallUntil(23_460)
    expect(node.stateOf('bob')).toBe('active')
    node.status(++seq)
    node.until(25_000)
    expect(node.stateOf('bob')).toBe('active')
  })

  test('does not make a dead node live for longer than it lasted', () => {
    const node = settled()
    node.until(20_500)
    node.stallUntil(22_500)
    node.until(25_200)
    expect(node.stateOf('bob')).toBe('dead')
  })

  test('without it, so long a silence is a death', () => {
    const node = settled()
    node.until(23_100)
    expect(node.stateOf('bob')).toBe('dead')
  })
})

describe('after a stall longer than deadtime', () => {
  const away = () => {
    const node = settled()
    node.effects.length = 0
    node.stallUntil(30_000)
    return node
  }

  test('the address goes before a word is said', () => {
    const kinds = away().effects.map((e) => e.kind)
    expect(kinds.indexOf('drop')).toBeGreaterThanOrEqual(0)
    expect(kinds.indexOf('drop')).toBeLessThan(kinds.indexOf('send'))
    expect(away().effects.find((e) => e.kind === 'drop')).toMatchObject({ resources: [{ text: '10.0.0.101' }] })
  })

  test('a report that lay in the socket is not believed: nothing is taken on its word', () => {
    const node = away()
    report(node, 'none')
    node.until(30_050)
    expect(node.jobs()).toEqual([])
    expect(node.stateOfGroup()).toBe('stopped')
  })

  test('a farewell that lay in the socket is not believed either', () => {
    const node = away()
    node.hear('shutdone', { st: 'dead' }, ++seq)
    node.until(30_050)
    expect(node.jobs()).toEqual([])
  })

  test('the answer to the question that is put then is', () => {
    const node = away()
    report(node, 'none')
    node.until(30_150)
    expect(node.sent('starting')).toHaveLength(1)
    report(node, 'none')
    node.until(30_300)
    expect(node.stateOfGroup()).toBe('held')
  })

  test('what the other node has taken meanwhile stays there', () => {
    const node = away()
    node.until(30_150)
    report(node, 'all')
    node.until(32_000)
    expect(node.jobs().filter((j) => j.startsWith('start'))).toEqual([])
    expect(node.stateOfGroup()).toBe('stopped')
  })
})
