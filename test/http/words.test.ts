import { describe, expect, test } from 'bun:test'
import { claimWords, oneLine, software, summary } from '../../src/http/words.ts'
import { group, node, otherGroup, peer, pingNode, snapshot } from './fixture.ts'

describe('the summary', () => {
  test('names who holds how many', () => {
    expect(summary(snapshot())).toBe('alpha holds 1 group, beta holds 1 group.')
  })
  test('says when nobody does, and when things move', () => {
    const groups = [group(), group({ key: 'b' }), otherGroup({ holder: null })]
    expect(summary(snapshot({ groups, stable: false }))).toBe(
      'alpha holds 2 groups, nobody holds 1 group; not settled yet.',
    )
  })
  test('is about the phase before and after', () => {
    expect(summary(snapshot({ phase: 'joining' }))).toBe('alpha is joining.')
    expect(summary(snapshot({ phase: 'stopping' }))).toBe('alpha is stopping.')
  })
  test('speaks of an empty haresources', () => {
    expect(summary(snapshot({ groups: [] }))).toBe('alpha is active; no groups are configured.')
  })
})

test('what a node runs is only said when it is known', () => {
  expect(software(node({ local: true, hb: false }))).toBe('hb')
  expect(software(peer({ hb: true }))).toBe('hb')
  expect(software(peer())).toBe('heartbeat')
  expect(software(peer({ lastHeardMs: null }))).toBe('')
  expect(software(pingNode())).toBe('')
})

test('claims in words', () => {
  expect((['none', 'local', 'foreign', 'all'] as const).map(claimWords)).toEqual([
    'no groups',
    'its own groups',
    'the groups of the other node',
    'all groups',
  ])
})

test('one line stays one line', () => {
  expect(oneLine(' a\r\nb\u0000\u001b[31mc\u2028d\n')).toBe('a b [31mc d')
})
