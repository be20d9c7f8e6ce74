import { expect, test } from 'bun:test'
import { collectGarbage } from '../../src/runtime/collect.ts'

test('what nobody refers to any more is gone', async () => {
  let left = 100
  const registry = new FinalizationRegistry(() => left--)
  for (let n = 0; n < 100; n++) registry.register({ n }, n)
  for (let n = 0; n < 50 && left > 50; n++) {
    collectGarbage()
    await Bun.sleep(10)
  }
  expect(left).toBeLessThanOrEqual(50)
})
