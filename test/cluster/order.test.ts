import { describe, expect, test } from 'bun:test'
import { ReceiveOrder } from '../../src/cluster/order.ts'

const at100 = () => 100

function heard(...numbers: number[]): ReceiveOrder {
  const order = new ReceiveOrder()
  for (const n of numbers) order.arrive(n, at100)
  return order
}

describe('the order of arrival', () => {
  test('the first number, whatever it is, begins the order', () => {
    expect(new ReceiveOrder().arrive(77, at100)).toBe('next')
    expect(heard(77).highest).toBe(77)
  })

  test('one after the other', () => {
    expect(heard(1, 2).arrive(3, at100)).toBe('next')
  })

  test('the same again is a duplicate, an earlier one is old', () => {
    expect(heard(1, 2, 3).arrive(3, at100)).toBe('duplicate')
    expect(heard(1, 2, 3).arrive(2, at100)).toBe('old')
  })

  test('a gap is remembered, and what fills it is late', () => {
    const order = heard(1)
    expect(order.arrive(4, at100)).toBe('gap')
    expect(order.missingCount).toBe(2)
    expect(order.lowestMissing()).toBe(2)
    expect(order.complete).toBe(1)
    expect(order.arrive(2, at100)).toBe('late')
    expect(order.complete).toBe(2)
    expect(order.arrive(3, at100)).toBe('late')
    expect(order.complete).toBe(4)
  })

  test('a gap of 250 is waited for, one of 251 is given up', () => {
    expect(heard(1).arrive(252, at100)).toBe('gap')
    const order = heard(1)
    expect(order.arrive(253, at100)).toBe('given-up')
    expect(order.missingCount).toBe(0)
    expect(order.arrive(254, at100)).toBe('next')
  })

  test('at most 499 are missing; the lowest are forgotten first', () => {
    const order = heard(1, 252, 503)
    expect(order.missingCount).toBe(499)
    expect(order.lowestMissing()).toBe(3)
  })

  test('a missing number is asked for when its time has come, and again', () => {
    const order = heard(1, 3)
    expect(order.nextAskMs()).toBe(100)
    expect(order.due(99, 250)).toEqual([])
    expect(order.due(100, 250)).toEqual([2])
    expect(order.nextAskMs()).toBe(350)
    expect(order.giveUp(2)).toBeTrue()
    expect(order.giveUp(2)).toBeFalse()
    expect(order.nextAskMs()).toBeNull()
  })

  test('after a reset everything begins anew', () => {
    const order = heard(1, 5)
    order.reset()
    expect(order.missingCount).toBe(0)
    expect(order.arrive(3, at100)).toBe('next')
  })
})
