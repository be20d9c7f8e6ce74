import { expect, test } from 'bun:test'
import { run, sideBySide } from '../../scripts/runner/child.ts'

test('both outputs come in order, with the exit code', async () => {
  const done = await run(['sh', '-c', 'echo one; echo two >&2; echo three; exit 7'], 5000)
  expect(done).toEqual({ code: 7, output: 'one\ntwo\nthree\n' })
})

test('a child that takes too long is killed with its own children', async () => {
  const beganMs = performance.now()
  const { code, output } = await run(['sh', '-c', 'sleep 60 & sleep 60'], 200)
  expect(code).toBe(124)
  expect(output).toContain('killed after 0.2 s')
  expect(performance.now() - beganMs).toBeLessThan(3000)
})

test('work goes side by side within bounds, and results keep their order', async () => {
  let now = 0
  let most = 0
  const results = await sideBySide([30, 10, 20, 5, 1], 2, async (ms) => {
    most = Math.max(most, ++now)
    await Bun.sleep(ms)
    now--
    return ms * 2
  })
  expect(results).toEqual([60, 20, 40, 10, 2])
  expect(most).toBe(2)
})
