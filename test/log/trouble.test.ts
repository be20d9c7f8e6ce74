import { expect, test } from 'bun:test'
import { Trouble } from '../../src/log/trouble.ts'

function trouble() {
  const told: string[] = []
  return { told, it: new Trouble('log file /x', (text) => told.push(text)) }
}

test('is told once when it begins, once when it ends, with what was lost in between', () => {
  const { told, it } = trouble()
  it.worked()
  for (let i = 0; i < 12; i++) it.failed('no space left on the device')
  it.worked()
  it.worked()
  expect(told).toEqual([
    'log file /x: no space left on the device; lines are lost until this ends',
    'log file /x: works again, 12 lines were lost',
  ])
  expect(it.lost).toBe(12)
})

test('counts each time by itself, and all together', () => {
  const { told, it } = trouble()
  it.failed('a')
  it.failed('a')
  it.worked()
  it.failed('b')
  it.worked()
  expect(told.at(-1)).toBe('log file /x: works again, 1 line was lost')
  expect(it.lost).toBe(3)
})
