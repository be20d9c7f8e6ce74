import { describe, expect, test } from 'bun:test'
import { claimBits, claimWord, mirror, mirrorBits, setBits, standbySet } from '../../src/resources/claims.ts'

describe('claims', () => {
  test.each(['none', 'local', 'foreign', 'all'])('%s, there and back', (word) => {
    expect(claimWord(claimBits(word)!) as string).toBe(word)
  })

  test('an unknown word is no claim', () => {
    expect(claimBits('everything')).toBeNull()
    expect(claimBits('')).toBeNull()
  })

  test('failback is another name of foreign', () => {
    expect(standbySet('failback')).toBe('foreign')
    expect(standbySet('none')).toBeNull()
  })

  test('my local is your foreign', () => {
    expect(mirror('local')).toBe('foreign')
    expect(mirror('foreign')).toBe('local')
    expect(mirror('all')).toBe('all')
    expect(mirrorBits({ local: true, foreign: false })).toEqual({ local: false, foreign: true })
    expect(setBits('all')).toEqual({ local: true, foreign: true })
  })
})
